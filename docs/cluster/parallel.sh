#!/usr/bin/env bash
# Works on one identity with GNU parallel, on one machine or on many, and merges what they find.
#
#   bash parallel.sh ID DURATION RUNS OUTPUT
#   MACHINES=alpha,beta,gamma bash parallel.sh "$(cut -d' ' -f1,2 ~/.ssh/id_ed25519.pub)" 8h 3 me.sketch
#
# MACHINES goes to parallel's --sshlogin; a machine has one run at a time, with all its threads, and
# needs stampmill in its PATH. A run keeps its sketch where it runs, as part-RUN.sketch: started
# again with the same number it goes on, and a run that was cut off has lost nothing.
set -euo pipefail

id=${1:?"usage: parallel.sh ID DURATION RUNS OUTPUT"}
duration=${2:?"DURATION is missing, such as 8h"}
runs=${3:?"RUNS is missing: how many, one for each machine"}
output=${4:?"OUTPUT is missing: the file for the merged sketch"}

seq "$runs" | parallel --sshlogin "${MACHINES:-:}" --jobs 1 \
  'stampmill identity work --id {1} --for {2} part-{3}.sketch >&2; cat part-{3}.sketch' \
  ::: "$id" ::: "$duration" :::: - |
  stampmill identity merge -o "$output" -
