# SPDX-License-Identifier: LGPL-2.1-or-later
# How much work a one-shot command is, in instructions: repeatable, whatever else the machine does.
load helpers

# instructions COMMAND…: what callgrind counts.
instructions()
{
	valgrind --tool=callgrind --callgrind-out-file="$BATS_TEST_TMPDIR/callgrind" "$@" \
		2>"$BATS_TEST_TMPDIR/count" >/dev/null
	sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/count"
}

# at_most_a_sixth COMMAND…: of domsh, against virsh with the driver that needs no daemon.
at_most_a_sixth()
{
	local ours theirs
	ours=$(instructions "$DOMSH" -c "$URI" "$@")
	theirs=$(instructions virsh -c test:///default "$@")
	echo "$*: domsh $ours, virsh $theirs instructions"
	test "$ours" -gt 100000
	test $((ours * 6)) -le "$theirs"
}

@test "list needs at most a sixth of virsh's instructions" {
	define test
	at_most_a_sixth list --all
}

@test "domstate needs at most a sixth of virsh's instructions" {
	define test
	at_most_a_sixth domstate test
}

@test "no one-shot read loads libxml2 or a line editor" {
	define test
	for command in "list --all" "domstate test" "dumpxml test" "dominfo test" "domuuid test"; do
		run -0 env LD_DEBUG=files "$DOMSH" -c "$URI" "$command"
		[[ $output == *libdomsh.so* ]]
		[[ $output != *libxml2* && $output != *libreadline* && $output != *libedit* ]]
	done
}

# domains FROM TO: that are off, made behind domsh's back, which is quicker.
domains()
{
	local text i
	text=$(D dumpxml test)
	eval "mkdir -p '$ROOT/domains/d'{$1..$2}"
	for ((i = $1; i <= $2; i++)); do
		printf '%s\n' "$text" >"$ROOT/domains/d$i/domain.xml"
	done
}

# calls COMMAND…: how many system calls it makes; what they are is in the file of that name.
calls()
{
	strace -f -qq -o "$BATS_TEST_TMPDIR/calls" "$DOMSH" -c "$URI" "$@" >/dev/null
	grep -c '(' "$BATS_TEST_TMPDIR/calls"
}

@test "a domain more in a list costs two system calls, and no XML is opened" {
	define test
	domains 1 100
	few=$(calls list --all)
	before=$(instructions "$DOMSH" -c "$URI" list --all)
	domains 101 1100
	same 1101 "$(D -q list --all --name | grep -c .)"
	for command in "list --all --name" "list --all"; do
		many=$(calls $command)
		echo "$command: $many system calls, $few without the last 1000"
		test "$many" -le $((few + 2100))
		run -1 grep 'open.*[.]xml' "$BATS_TEST_TMPDIR/calls"
	done
	after=$(instructions "$DOMSH" -c "$URI" list --all)
	echo "a domain more: $(((after - before) / 1000)) instructions"
	test $((after - before)) -le 10000000
}

@test "Tab looks at no domain of which the name is enough" {
	define test
	domains 1 500
	same d499 "$(D complete -- domstate d499)"
	test "$(calls complete -- domstate d)" -le 400
	test "$(calls complete -- start d49)" -le 400
}

# records FROM TO: of snapshots of the domain `test`, each the child of the one before.
records()
{
	local dir i text parent
	dir=$(dom test)/snapshots
	text=$(D snapshot-dumpxml test s0)
	for ((i = $1; i <= $2; i++)); do
		parent="<state>shutoff</state><parent><name>s$((i - 1))</name></parent>"
		sed "0,/s0/s//s$i/; s|<state>shutoff</state>|$parent|" <<<"$text" >"$dir/s$i.xml"
	done
}

@test "snapshot-list reads no more than the head of each record" {
	make_disk "$BATS_TEST_TMPDIR/d.qcow2"
	define test "$BATS_TEST_TMPDIR/d.qcow2"
	ok D snapshot-create-as test s0
	records 1 100
	few=$(instructions "$DOMSH" -c "$URI" snapshot-list test --parent)
	records 101 500
	many=$(instructions "$DOMSH" -c "$URI" snapshot-list test --parent)
	same 501 "$(D -q snapshot-list test --name | grep -c .)"
	echo "a record more: $(((many - few) / 400)) instructions"
	test $(((many - few) / 400)) -le 60000
	run -0 env LD_DEBUG=files "$DOMSH" -c "$URI" snapshot-list test
	[[ $output == *libdomsh.so* && $output != *libxml2* ]]
}

# redefining NAME PARENT: how many system calls that is.
redefining()
{
	D snapshot-dumpxml test s0 | sed "0,/s0/s//$1/; s|</state>|</state><parent><name>$2</name></parent>|" \
		>"$BATS_TEST_TMPDIR/record.xml"
	calls snapshot-create test "$BATS_TEST_TMPDIR/record.xml" --redefine
}

@test "a new record costs the same below one snapshot and below a chain of hundreds" {
	make_disk "$BATS_TEST_TMPDIR/d.qcow2"
	define test "$BATS_TEST_TMPDIR/d.qcow2"
	ok D snapshot-create-as test s0
	records 1 300
	few=$(redefining low s0)
	many=$(redefining high s300)
	echo "below one: $few system calls, below 300: $many"
	test "$many" -le $((few + 10))
	same s300 "$(D -q snapshot-parent test high)"
}

@test "one read more in a session costs eight system calls" {
	define test
	few=$(yes "domstate test" | head -10 | calls -q)
	many=$(yes "domstate test" | head -110 | calls -q)
	echo "100 commands more: $((many - few)) system calls"
	test $((many - few)) -le 800
}

@test "a session sees a store that was taken away, and the one that came in its place" {
	define test
	mkfifo "$BATS_TEST_TMPDIR/commands" "$BATS_TEST_TMPDIR/answers"
	"$DOMSH" -q -c "$URI" <"$BATS_TEST_TMPDIR/commands" >"$BATS_TEST_TMPDIR/answers" 2>&1 &
	exec 4>"$BATS_TEST_TMPDIR/commands" 5<"$BATS_TEST_TMPDIR/answers"
	echo "domstate test" >&4
	read -r -t 20 answer <&5
	same "shut off" "$answer"
	mv "$ROOT" "$ROOT.away"
	echo "domstate test" >&4
	read -r -t 20 answer <&5
	has "failed to get domain 'test'" "$answer"
	read -r -t 20 answer <&5
	mv "$ROOT.away" "$ROOT"
	echo "domstate test" >&4
	read -r -t 20 answer <&5
	same "shut off" "$answer"
	exec 4>&- 5<&-
	wait
}
