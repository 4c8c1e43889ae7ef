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
