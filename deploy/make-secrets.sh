#!/bin/sh
# Makes the secrets that docker-compose.yml mounts. What is there already stays as it is.
set -eu
cd "$(dirname "$0")"

mkdir -p -m 700 secrets
if [ ! -s secrets/postgres_password ]; then
    password=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
    printf '%s' "$password" >secrets/postgres_password
    printf 'postgresql://ggez:%s@postgres:5432/ggez' "$password" >secrets/database_url
fi
# The containers run as users of their own and read the files; on this machine the folder is closed.
chmod 644 secrets/postgres_password secrets/database_url
echo "The secrets are in $(pwd)/secrets."
