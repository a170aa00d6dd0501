#!/usr/bin/env bash
# Starts a real SLURM of one node with two GPUs on loopback, in a folder of its own; stops it again.
#
#   slurm_up.sh FOLDER           start; then: export SLURM_CONF=FOLDER/slurm.conf
#   slurm_up.sh FOLDER down      stop exactly what was started in FOLDER
#
# Nothing outside FOLDER is written and no service of the machine is touched. The database is there for sacct, which
# alone tells submitit that a job is gone. The GPUs are /dev/null and /dev/zero: each job is given CUDA_VISIBLE_DEVICES
# as on a real node. Debian: apt-get install slurmctld slurmd slurm-client slurmdbd munge mariadb-server
set -euo pipefail
folder=$(realpath -m "$1")
export SLURM_CONF="$folder/slurm.conf" PATH="$PATH:/usr/sbin:/sbin"

if [ "${2:-up}" = down ]; then
  timeout 10 scancel --user="$(id -un)" --signal=KILL --full || true
  for _ in $(seq 50); do [ -z "$(timeout 5 squeue --noheader)" ] && break; sleep 0.2; done
  for file in "$folder"/run/*.pid; do
    [ -s "$file" ] && kill -9 "$(cat "$file")" 2>/dev/null || true # what they know goes with the folder
  done
  exit 0
fi

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
until_true() { # SECONDS COMMAND...
  local tenths=$(($1 * 10)); shift
  for _ in $(seq "$tenths"); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
  echo "not within $((tenths / 10)) s: $*" >&2; tail --lines=5 "$folder"/log/*.log >&2; return 1
}
db_answers() { mariadb --socket="$folder/run/mysql.sock" --user=root --execute 'SELECT 1'; }
node_is_idle() { [ "$(sinfo --noheader --format %T)" = idle ]; }

mkdir -p "$folder"/{run,log,state,spool,mysql}
# munged accepts no group-writable or foreign folder above its socket, and no key that others can read.
chmod 755 "$folder" "$folder/run"; chmod 700 "$folder/log" "$folder/state"
me=$(id -un)
node=$(hostname -s)
ctld_port=$(free_port) slurmd_port=$(free_port) dbd_port=$(free_port) mysql_port=$(free_port)
munge="$folder/run/munge.sock"

# The database starts while munge does.
mariadb-install-db --no-defaults --user="$me" --datadir="$folder/mysql" --auth-root-authentication-method=normal \
  --skip-test-db >"$folder/log/mariadb-install.log" 2>&1
mariadbd --no-defaults --user="$me" --datadir="$folder/mysql" --socket="$folder/run/mysql.sock" --port="$mysql_port" \
  --bind-address=127.0.0.1 --pid-file="$folder/run/mariadbd.pid" --innodb-buffer-pool-size=32M \
  --innodb-flush-log-at-trx-commit=0 >"$folder/log/mariadbd.log" 2>&1 &

[ -s "$folder/state/munge.key" ] || (umask 077; head -c 1024 /dev/urandom >"$folder/state/munge.key")
munged --force --key-file="$folder/state/munge.key" --socket="$munge" --pid-file="$folder/run/munged.pid" \
  --log-file="$folder/log/munged.log" --seed-file="$folder/state/munged.seed"

cat >"$folder/gres.conf" <<END
Name=gpu File=/dev/null
Name=gpu File=/dev/zero
END
cat >"$folder/slurmdbd.conf" <<END
AuthType=auth/munge
AuthInfo=socket=$munge
DbdHost=localhost
DbdPort=$dbd_port
SlurmUser=$me
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$mysql_port
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm
LogFile=$folder/log/slurmdbd.log
PidFile=$folder/run/slurmdbd.pid
END
chmod 600 "$folder/slurmdbd.conf"
cat >"$folder/slurm.conf" <<END
ClusterName=loopback
SlurmctldHost=$node(127.0.0.1)
SlurmUser=$me
SlurmdUser=$me
SlurmctldPort=$ctld_port
SlurmdPort=$slurmd_port
AuthType=auth/munge
# So long waits a job that is requeued.
AuthInfo=socket=$munge,cred_expire=6
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
ReturnToService=2
KillWait=5
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$dbd_port
AccountingStoragePass=$munge
JobAcctGatherType=jobacct_gather/linux
GresTypes=gpu
# The node says it has four cores, however many this machine has.
SlurmdParameters=config_overrides
NodeName=$node NodeAddr=127.0.0.1 CPUs=4 RealMemory=1024 Gres=gpu:2 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
END

until_true 30 db_answers
mariadb --socket="$folder/run/mysql.sock" --user=root --execute "CREATE DATABASE IF NOT EXISTS slurm;
  CREATE USER IF NOT EXISTS 'slurm'@'127.0.0.1' IDENTIFIED BY 'slurm'; GRANT ALL ON slurm.* TO 'slurm'@'127.0.0.1';
  CREATE USER IF NOT EXISTS 'slurm'@'localhost' IDENTIFIED BY 'slurm'; GRANT ALL ON slurm.* TO 'slurm'@'localhost';"
slurmdbd
until_true 30 timeout 5 sacctmgr --immediate show cluster
sacctmgr --immediate add cluster loopback >/dev/null 2>&1 || true
slurmctld
slurmd
until_true 30 node_is_idle
