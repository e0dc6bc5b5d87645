# What building needs, and what to say when it is missing. Sourced by ./pingmesh and ./test.

need_toolchain() {
  local missing=0
  if ! command -v dotnet >/dev/null 2>&1 || ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    echo "pingmesh needs the .NET 10 SDK (command 'dotnet'), which is not here. Install the package dotnet-sdk-10.0 of your" >&2
    echo "distribution or of Microsoft's package feed (https://dotnet.microsoft.com/download/dotnet/10.0), then run this again." >&2
    missing=1
  fi
  local node_major
  node_major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p' || true)
  if [ "${node_major:-0}" -lt 20 ] || ! command -v npm >/dev/null 2>&1; then
    echo "pingmesh needs Node.js 20 or later with npm (commands 'node' and 'npm') to build its web page; here is ${node_major:+version $node_major}${node_major:-none}." >&2
    echo "Install it from your distribution (packages nodejs and npm) or from https://nodejs.org, then run this again." >&2
    missing=1
  fi
  [ "$missing" = 0 ] || exit 2
}

# Builds the solution's given project when a source is newer than its last build. Quiet unless it fails.
build_if_stale() {
  local root=$1 project=$2 stamp=$1/artifacts/.built-$(basename "$2" .csproj)
  is_stale "$root" "$stamp" || return 0
  mkdir -p "$root/artifacts"
  exec 9>"$root/artifacts/.build-lock"
  flock 9
  # Whoever held the lock may have built it.
  if is_stale "$root" "$stamp"; then
    echo "building (the first time takes a minute or two) ..." >&2
    touch "$stamp.new"
    local log=$root/artifacts/build.log
    if ! dotnet build "$project" -c Release --nologo -v quiet -clp:NoSummary 9>&- >"$log" 2>&1; then
      cat "$log" >&2
      echo "the build failed; the log is $log" >&2
      exit 1
    fi
    # The time the build began: what changed meanwhile is built the next time.
    mv "$stamp.new" "$stamp"
  fi
  exec 9>&-
}

is_stale() {
  local root=$1 stamp=$2
  [ ! -e "$stamp" ] || [ -n "$(find "$root/src" "$root/proto" "$root/web" "$root/tests" "$root/global.json" "$root"/Directory.* \
    \( -name node_modules -o -name dist \) -prune -o -newer "$stamp" -print -quit)" ]
}
