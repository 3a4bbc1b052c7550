#!/usr/bin/env bash
# Debian's Chromium and MariaDB for the tests that drive them. Where they cannot be installed, those tests skip and say so.
set -u
missing=()
command -v chromium >/dev/null || missing+=(chromium fonts-noto-cjk)
command -v mariadbd >/dev/null || missing+=(mariadb-server)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "Not installed, and not installable here: ${missing[*]}. The tests that need them will skip." >&2
  exit 0
fi
mkdir -p build
export DEBIAN_FRONTEND=noninteractive
# A package's own start script must not leave a server running: policy-rc.d answers "not now" while we install.
guard=/usr/sbin/policy-rc.d; made=no
if [ ! -e "$guard" ]; then printf '#!/bin/sh\nexit 101\n' >"$guard" && chmod +x "$guard" && made=yes; fi
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >build/servers.log 2>&1 \
  || echo "Could not install ${missing[*]} (see build/servers.log). The tests that need them will skip." >&2
[ "$made" = yes ] && rm -f "$guard"
exit 0
