# SPDX-License-Identifier: LGPL-2.1-or-later
# Many domsh at once, for a few seconds each (make check-long: for a minute): readers beside every
# writer, writers beside writers, and SIGKILL at any time. What was acknowledged is there, what was
# not is there whole or not at all, and nobody waits for ever.

load helpers

writers=16

setup()
{
	own_root
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	mkdir -p "$XDG_CONFIG_HOME/domsh"
	printf '[domsh]\nlock-wait=60\n' >"$XDG_CONFIG_HOME/domsh/domsh.conf"
	seconds=${DOMSH_LONG:+60}
	end=$((SECONDS + ${seconds:-2}))
	wrong=$BATS_TEST_TMPDIR/wrong
	: >"$wrong"
	pids=()
}

teardown()
{
	: >"$BATS_TEST_TMPDIR/stop"
	test ${#pids[@]} = 0 || kill "${pids[@]}" 2>/dev/null || true
	leave_nothing
}

# beside FUNCTION ARGUMENT…: run it as one of many.
beside()
{
	"$@" 3>&- &
	pids+=($!)
}

# together: wait for all of them, but not for ever.
together()
{
	: >"$BATS_TEST_TMPDIR/stop"
	wait_for '! kill -0 "${pids[@]}" 2>/dev/null' 120
	pids=()
	test ! -s "$wrong" || { head -n 20 "$wrong"; return 1; }
}

# --- readers beside a writer ------------------------------------------------------------------

# read_on NAME: read until the writer is done, and keep what was read. A session reads much more
# often than processes could.
read_on()
{
	local often
	often=$(printf 'domstate vm; dumpxml vm; dumpxml vm --inactive; %.0s' {1..30})
	while test ! -e "$BATS_TEST_TMPDIR/stop"; do
		D --json "$often list --all; dominfo vm; snapshot-list vm" \
			>>"$BATS_TEST_TMPDIR/$1.json" 2>>"$wrong" || echo "a reader ended with $?" >>"$wrong"
	done
}

# numbered N: the definition of vm with a title and a description that belong together.
numbered()
{
	tiny_xml vm "$BATS_TEST_TMPDIR/vm.qcow2" |
		sed "s|<memory|<uuid>$uuid</uuid><title>$1</title><description>$1</description>&|"
}

# Every kind of change of vm and of another domain that comes and goes.
write_all()
{
	ok D define /dev/stdin <<<"$(numbered "$1")"
	ok D "$(printf 'metadata vm urn:n --key n --set <n>%d</n> --config;' {1..40})"
	ok D 'autostart vm; metadata vm urn:x --key x --set <a/> --config; autostart vm --disable'
	ok D "snapshot-create-as vm s$1; snapshot-create-as vm t$1; snapshot-revert vm s$1"
	ok D "snapshot-delete vm t$1; snapshot-delete vm s$1 --metadata"
	qemu-img snapshot -d "s$1" "$BATS_TEST_TMPDIR/vm.qcow2"
	ok D 'domrename other another; undefine another; trash-restore another; domrename another other'
	ok D 'start vm --paused; resume vm; suspend vm; snapshot-create-as vm live'
	ok D define /dev/stdin <<<"$(numbered "$1.1")"
	ok D 'snapshot-delete vm live; managedsave vm'
	told "'title' is " D start vm
	ok D destroy vm
	ok D "create $BATS_TEST_TMPDIR/brief.xml --paused; destroy brief"
}

@test "readers beside every writer: none fails, none sees half of anything" {
	make_disk "$BATS_TEST_TMPDIR/vm.qcow2"
	define vm "$BATS_TEST_TMPDIR/vm.qcow2"
	uuid=$(D -q domuuid vm)
	ok D define /dev/stdin <<<"$(numbered 0)"
	define other
	tiny_xml brief >"$BATS_TEST_TMPDIR/brief.xml"
	for n in 1 2 3; do
		beside read_on "r$n"
	done
	for ((n = 1; n == 1 || SECONDS < end; n++)); do
		write_all "$n"
	done
	together
	# What all of them saw, one document after the other.
	cat "$BATS_TEST_TMPDIR"/r*.json >"$BATS_TEST_TMPDIR/all.json"
	test "$(wc -l <"$BATS_TEST_TMPDIR/all.json")" -gt 60
	jq -c 'select(if type == "array" then
			([.[] | select(has("id") and .name == "vm")] | length) > 1 or
			([.[] | .name] | length != (unique | length))
		elif has("xml") then
			(.xml | startswith("<domain") and endswith("</domain>\n") and
				([capture("<title>(?<a>.*)</title>").a] ==
					[capture("<description>(?<a>.*)</description>").a])) | not
		else (.state // "") | IN("running", "paused", "in shutdown", "shut off") | not end)' \
		"$BATS_TEST_TMPDIR/all.json" >"$wrong"
	same "" "$(head -n 3 "$wrong")"
}

# --- writers beside writers -------------------------------------------------------------------

# note DOMAIN WRITER N: one change, read, modified and written by domsh itself.
note()
{
	D -q metadata "$1" "urn:$2" --key "$2" --set "<n>$3</n>" --config >/dev/null 2>>"$wrong"
}

# noted DOMAIN WRITER: what the domain has of that writer.
noted()
{
	grep -o "<$2:n[^>]*>[0-9]*\|<n xmlns=['\"]urn:$2['\"]>[0-9]*" "$(dom "$1")/domain.xml" | grep -o '[0-9]*$'
}

write_on() # WRITER
{
	local n=0
	while test ! -e "$BATS_TEST_TMPDIR/stop"; do
		note vm "$1" $((n + 1)) && n=$((n + 1)) || echo "writer $1 was refused" >>"$wrong"
		echo $n >"$BATS_TEST_TMPDIR/acknowledged.$1"
	done
}

@test "$writers writers on one domain: no change is lost" {
	define vm
	for ((w = 0; w < writers; w++)); do
		beside write_on "w$w"
	done
	wait_for 'test $SECONDS -ge $end' 100
	together
	for ((w = 0; w < writers; w++)); do
		same "$(<"$BATS_TEST_TMPDIR/acknowledged.w$w")" "$(noted vm "w$w")"
	done
	ok D doctor vm
}

# --- kills ------------------------------------------------------------------------------------

# in_danger COMMAND…: domsh, of which a third is left alone, a third is killed at a random change of
# the disk, and a third at a random time.
in_danger()
{
	case $((RANDOM % 3)) in
	0) D -q "$@" ;;
	1) DOMSH_FAULT=crash:$((RANDOM % 40 + 1)) D -q "$@" ;;
	2) timeout -s KILL "0.$((RANDOM % 90 + 10))" "$DOMSH" -c "$URI" -q "$@" ;;
	esac >/dev/null
}

domains=100

# take_back DOMAIN: out of the trash as a whole. Its name would also mean what is in its old/, and
# that undoes what others have done.
take_back()
{
	local ids=("$ROOT"/trash/*~"$1")
	test ! -e "${ids[0]}" || in_danger trash-restore "${ids[0]##*/}"
}

# hurry_on WRITER: changes of any domain, each of which may be killed. Its notes are numbered: what
# it tried last and what was acknowledged last are kept by it for each domain.
hurry_on()
{
	local w=$1 n d status
	declare -A tried done
	exec 2>>"$BATS_TEST_TMPDIR/noise"
	for ((n = 1; ; n++)); do
		test ! -e "$BATS_TEST_TMPDIR/stop" || break
		d=d$((RANDOM % domains))
		case $((RANDOM % 8)) in
		0) in_danger undefine "$d" && take_back "$d" || true ;;
		1) take_back "$d" || true ;;
		2) in_danger autostart "$d" || true ;;
		*)
			status=0
			tried[$d]=$n
			in_danger metadata "$d" "urn:$w" --key "$w" --set "<n>$n</n>" --config || status=$?
			test $status != 0 || done[$d]=$n
			;;
		esac
	done
	for d in "${!tried[@]}"; do
		echo "$d $w ${tried[$d]} ${done[$d]:-0}"
	done >"$BATS_TEST_TMPDIR/notes.$w"
}

# one_place DOMAIN: its one directory; what is in the trash is taken back.
one_place()
{
	local places=("$ROOT/domains/$1" "$ROOT"/trash/*~"$1") found=() place
	for place in "${places[@]}"; do
		test ! -e "$place/domain.xml" || found+=("$place")
	done
	test ${#found[@]} = 1 || { echo "$1 is in ${#found[@]} places: ${found[*]}"; return 1; }
	test "${found[0]}" = "$ROOT/domains/$1" || ok D trash-restore "$1"
}

@test "$writers writers on $domains domains, killed at random: nothing is lost, all is where it was put" {
	for ((n = 0; n < domains; n++)); do
		tiny_xml "d$n" >"$BATS_TEST_TMPDIR/d$n.xml"
	done
	ok D -q "$(printf "define $BATS_TEST_TMPDIR/d%d.xml;" $(seq 0 $((domains - 1))))"
	for ((w = 0; w < writers; w++)); do
		beside hurry_on "w$w"
	done
	wait_for 'test $SECONDS -ge $end' 100
	together
	for ((n = 0; n < domains; n++)); do
		one_place "d$n"
	done
	# The next writer of each settles what was cut off, and then nothing is out of step.
	ok D -q "$(printf 'autostart d%d --disable;' $(seq 0 $((domains - 1))))"
	ok D doctor
	same $domains "$(D -q list --all --name | grep -c .)"
	cat "$BATS_TEST_TMPDIR"/notes.* >"$BATS_TEST_TMPDIR/notes"
	test "$(awk '$4 > 0' "$BATS_TEST_TMPDIR/notes" | wc -l)" -gt 10
	while read -r d w tried acknowledged; do
		value=$(noted "$d" "$w" || true)
		test "${value:-0}" -ge "$acknowledged" -a "${value:-0}" -le "$tried" ||
			{ echo "$d has ${value:-nothing} of $w: $acknowledged was done, $tried tried"; return 1; }
	done <"$BATS_TEST_TMPDIR/notes"
}
