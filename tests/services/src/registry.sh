# Runs one OCI registry until the test process is gone: the pipe's end comes whichever way that ends.
# Arguments: the registry, a directory of our own, port, and a line of htpasswd, empty where anybody is let in.
registry=$1 dir=$2 port=$3 users=$4
cd "$dir" || exit 1
exec 3>&1 >out 2>&1
cat >config.yml <<CONF
version: 0.1
log:
  level: error
storage:
  filesystem:
    rootdirectory: $dir/blobs
http:
  addr: 127.0.0.1:$port
CONF
if [ -n "$users" ]; then
    printf '%s\n' "$users" >users
    printf 'auth:\n  htpasswd:\n    realm: lotus\n    path: %s\n' "$dir/users" >>config.yml
fi
daemon=
begin() {
    "$registry" serve config.yml </dev/null 3>&- &
    daemon=$!
    echo ready >&3
}
end() {
    [ -z "$daemon" ] || { kill "$daemon"; wait "$daemon"; }
    daemon=
}
leave() {
    end
    cd /
    rm -rf "$dir"
}
trap leave EXIT
begin
while read -r word; do
    case $word in
    stop) end; echo ready >&3 ;;
    start) begin ;;
    *) echo "no such order: $word" >&3 ;;
    esac
done
