# Runs one PostgreSQL server and obeys the test process on stdin, a word a line, answering each with a line. The pipe's
# end comes whichever way the test process ends; it is the order to stop and to leave nothing behind.
# Arguments: the programs' directory, a directory of our own, port, fsync (on or off).
bin=$1 dir=$2 port=$3 fsync=$4
cd "$dir" || exit 1
exec 3>&1 >out 2>&1

make() {
    "$bin/initdb" -D data -U lotus --auth=trust --encoding=UTF8 --locale=C --no-sync --no-instructions </dev/null
}
start() {
    "$bin/pg_ctl" start -D data -w -t 60 -l log </dev/null 3>&- \
        -o "-p $port -k '$dir' -c listen_addresses=127.0.0.1 -c fsync=$fsync -c max_connections=200"
}
stop() {
    [ ! -e data/postmaster.pid ] || "$bin/pg_ctl" stop -D data -w -t 60 -m "$1" </dev/null 3>&-
}
leave() {
    stop immediate
    cd /
    rm -rf "$dir"
}
trap leave EXIT

make && start || { cat out log >&3; exit 1; }
echo ready >&3
while read -r word; do
    case $word in
    stop) stop fast ;;
    kill) stop immediate ;;
    start) start ;;
    *) false ;;
    esac && echo ready >&3 || tail -n 1 out >&3
done
