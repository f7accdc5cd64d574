#!/bin/sh
# Install the real services that tests start, by the script that comes with them: Debian, as root.
# Where that cannot be done, their tests are skipped and say what is absent.
set -eu
scripts=${OVERPROOF_TEST_SERVICES:-$(dirname "$0")/../../../shared/services}
if [ ! -x "$scripts/install.sh" ]; then
    echo "no real services: their scripts are not in $scripts"
elif [ "$(id -u)" != 0 ]; then
    echo "no real services: only root can install them"
else
    timeout 180 "$scripts/install.sh" xrootd slurm htcondor netns 2>&1 | tail -1 || echo "no real services: they cannot be installed here"
fi
