#!/usr/bin/env bash
# Installs the Debian packages that building and testing need; says nothing if none is missing.
#
#   scripts/install.sh [--tests] [--tools] [--fuzz] [--no-install] [--list]
#
# --tests       also what only tests need (Node.js and its npm, bats, shellcheck)
# --tools       also what ./x format, lint and check use (clang-format, clang-tidy, shellcheck)
# --fuzz        also what ./x fuzz uses: a clang with libFuzzer
# --no-install  only names what is missing
# --list        prints the package names, installed or not
set -euo pipefail

# The one place that names packages.
packages=(build-essential cmake ninja-build pkg-config ccache mold
  libthrift-dev thrift-compiler libboost-dev librocksdb-dev libgoogle-glog-dev libgflags-dev
  libfmt-dev libedit-dev nlohmann-json3-dev libxxhash-dev libzstd-dev
  libgtest-dev libgmock-dev librapidcheck-dev python3 python3-thrift faketime)
testPackages=(bats shellcheck iproute2 nftables)
toolPackages=(clang-format clang-tidy shellcheck git)
fuzzPackages=(clang-14 libclang-rt-14-dev)
# Node.js from elsewhere than Debian does as well, and Debian's npm would not go with it.
command -v node > /dev/null || testPackages+=(nodejs)
command -v npm > /dev/null || testPackages+=(npm)

install=yes
list=no
for argument in "$@"; do
  case $argument in
    --tests) packages+=("${testPackages[@]}") ;;
    --tools) packages+=("${toolPackages[@]}") ;;
    --fuzz) packages+=("${fuzzPackages[@]}") ;;
    --no-install) install=no ;;
    --list) list=yes ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "install.sh: unknown option $argument (see --help)" >&2; exit 64 ;;
  esac
done

if [[ $list == yes ]]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

if ! command -v dpkg-query > /dev/null; then
  echo "install.sh: this is not a Debian system; install the equivalents of:" >&2
  echo "  ${packages[*]}" >&2
  exit 0
fi

missing=()
installed=$(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "${packages[@]}" \
  2> /dev/null || true)
for package in "${packages[@]}"; do
  grep -qx "$package installed" <<< "$installed" || missing+=("$package")
done
((${#missing[@]} > 0)) || exit 0

line="apt-get install -y --no-install-recommends ${missing[*]}"
if [[ $install == no ]]; then
  echo "install.sh: ${#missing[@]} packages are missing:" >&2
  echo "  $line" >&2
  exit 0
fi

root=()
if ((EUID != 0)); then
  if command -v sudo > /dev/null && { [[ -t 0 ]] || sudo -n true 2> /dev/null; }; then
    root=(sudo)
  else
    echo "install.sh: ${#missing[@]} packages are missing and only root can install them." >&2
    echo "Please ask your administrator for:" >&2
    echo "  apt-get update && $line" >&2
    exit 77
  fi
fi

echo "${#missing[@]} packages are missing: ${root[*]:+sudo }$line"
apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
quiet=(-q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120)
"${apt[@]}" "${quiet[@]}" update
"${apt[@]}" "${quiet[@]}" install -y --no-install-recommends "${missing[@]}"
