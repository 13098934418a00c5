# Runs one ClamAV daemon until the test process is gone: the pipe's end comes whichever way that ends.
# Arguments: the daemon, a directory of our own, port.
clamd=$1 dir=$2 port=$3
cd "$dir" || exit 1
exec 3>&1 >out 2>&1
mkdir -p signatures
# The one signature that is needed: EICAR's test file, which every scanner knows and which harms nobody.
printf 'Lotus.Test.EICAR:0:*:%s\n' "$(printf '%s' 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE' | od -An -v -tx1 | tr -d ' \n')" >signatures/test.ndb
cat >clamd.conf <<CONF
DatabaseDirectory $dir/signatures
LocalSocket $dir/clamd.socket
TCPAddr 127.0.0.1
TCPSocket $port
Foreground yes
StreamMaxLength 200M
CONF
"$clamd" --config-file=clamd.conf </dev/null 3>&- &
daemon=$!
leave() {
    kill "$daemon" 2>/dev/null
    wait "$daemon" 2>/dev/null
    cd /
    rm -rf "$dir"
}
trap leave EXIT
tries=0
until [ -S clamd.socket ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] && kill -0 "$daemon" || { cat out >&3; exit 1; }
    sleep 0.1
done
echo ready >&3
while read -r word; do
    case $word in
    stop) kill "$daemon"; wait "$daemon"; rm -f clamd.socket; echo ready >&3 ;;
    *) echo "no such order: $word" >&3 ;;
    esac
done
