# SPDX-License-Identifier: LGPL-2.1-or-later
# Help, and a walk over all rows of the command table.

load helpers

# rows: the name of each command that is there.
rows()
{
	"$DOMSH" --json help | jq -r '.[] | select(.supported) | .name'
}

# absent: the name of each command that only virsh has.
absent()
{
	"$DOMSH" --json help | jq -r '.[] | select(.supported | not) | .name'
}

# options COMMAND FILTER: names of its options for which the jq filter is true.
options()
{
	"$DOMSH" --json help "$1" | jq -r ".options[] | select($2) | .name"
}

@test "help lists every group, help GROUP its commands, help COMMAND tells all" {
	ok "$DOMSH" help
	has " Domain Management (help keyword 'domain'):" "$output"
	has " Snapshot (help keyword 'snapshot'):" "$output"
	ok "$DOMSH" help snapshot
	has "    snapshot-list  " "$output"
	ok "$DOMSH" help undefine
	for part in NAME SYNOPSIS DESCRIPTION OPTIONS "--managed-save" "[--domain] <string>"; do
		has "$part" "$output"
	done
	refused "error: command or command group 'nope' doesn't exist" "$DOMSH" help nope
}

@test "COMMAND --help is help COMMAND, wherever it stands" {
	"$DOMSH" help undefine >"$BATS_TEST_TMPDIR/help"
	ok "$DOMSH" undefine --help
	same "$(<"$BATS_TEST_TMPDIR/help")" "$output"
	ok "$DOMSH" undefine vm1 --help --nvram
	same "$(<"$BATS_TEST_TMPDIR/help")" "$output"
}

@test "every row has a group, a summary, a description and a synopsis" {
	"$DOMSH" --json help | jq -e 'all(.group != "" and .name != "" and .summary != "")'
	for name in $(rows); do
		"$DOMSH" --json help "$name" | jq -e --arg name "$name" '
			.name == $name and (.summary | length > 8) and (.description | length > 20)
			and (.synopsis | startswith($name))
			and (.summary | test("[.]$") | not)
			and (.options | all(.summary | length > 3))' >/dev/null ||
			{ echo "row $name"; return 1; }
	done
}

@test "no two commands and no two options of a command have the same name" {
	same "" "$({ rows; absent; } | sort | uniq -d)"
	for name in $(rows); do
		same "" "$(options "$name" true | sort | uniq -d)"
	done
}

@test "names are lower case with dashes" {
	{ rows; absent; for name in $(rows); do options "$name" true; done; } >"$BATS_TEST_TMPDIR/names"
	same "" "$(grep -vx '[a-z][a-z0-9]*\(-[a-z0-9]\+\)*' "$BATS_TEST_TMPDIR/names")"
}

# What a command needs besides the option that is tried.
needed()
{
	"$DOMSH" --json help "$1" |
		jq -r '.options[] | select(.required) | if .value == "number" then 1 else "x" end'
}

@test "an option that is not supported is refused, never ignored" {
	found=
	for name in $(rows); do
		for option in $(options "$name" '.supported | not'); do
			found=1
			value=$("$DOMSH" --json help "$name" |
				jq -r ".options[] | select(.name == \"$option\") | .value // empty")
			capture D "$name" $(needed "$name") "--$option" ${value:+x}
			same 1 "$status"
			same "" "$output"
			case $stderr in
			*"is not supported yet: "* | *" required by "* | *" requires either "*) ;;
			*) failing "$name --$option was not refused for what it is" ;;
			esac
		done
	done
	test -n "$found"
}

@test "every option of virsh 9.0.0 is known" {
	command -v virsh >/dev/null || skip "no virsh to compare with"
	for name in $(rows); do
		virsh help "$name" >"$BATS_TEST_TMPDIR/virsh" 2>/dev/null || continue
		sed -n '/^  SYNOPSIS/,/^  [DO]/p' "$BATS_TEST_TMPDIR/virsh" |
			grep -o -e '--[a-z][a-z-]*' | sort -u >"$BATS_TEST_TMPDIR/theirs"
		options "$name" true | sed 's/^/--/' | sort -u >"$BATS_TEST_TMPDIR/ours"
		same "" "$(comm -23 "$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/ours")"
	done
}

@test "every command of virsh 9.0.0 is known, in its group" {
	command -v virsh >/dev/null || skip "no virsh to compare with"
	virsh help | sed -n "s/.*(help keyword '\(.*\)'):/=\1/p; s/^    \([a-z][a-z0-9-]*\).*/\1/p" |
		awk '/^=/ { group = substr($0, 2); next } { print group, $0 }' |
		sort >"$BATS_TEST_TMPDIR/theirs"
	test "$(wc -l <"$BATS_TEST_TMPDIR/theirs")" -ge 270
	"$DOMSH" --json help | jq -r '.[] | "\(.group) \(.name)"' | sort >"$BATS_TEST_TMPDIR/ours"
	same "" "$(comm -23 "$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/ours")"
}

@test "what is newer in virsh than 9.0.0 is known" {
	for name in await net-desc net-metadata domdisplay-reload hypervisor-cpu-models \
		nodedev-update domthrottlegrouplist; do
		same "$name" "$("$DOMSH" --json help $name | jq -r .name)"
	done
}

@test "each group is listed by name" {
	for group in $("$DOMSH" --json help | jq -r '.[].group' | uniq); do
		"$DOMSH" --json help "$group" | jq -r '.[].name' >"$BATS_TEST_TMPDIR/names"
		same "$(LC_ALL=C sort "$BATS_TEST_TMPDIR/names")" "$(<"$BATS_TEST_TMPDIR/names")"
	done
}

@test "an absent command answers that it is, whatever is said to it, and what to use instead" {
	answer="error: this function is not supported by the connection driver: "
	for name in $(absent); do
		"$DOMSH" --json help "$name" | jq -e '(.supported | not)
			and (.summary | length > 8 and (test("[.]$") | not))
			and (.description | length > 12) and .options == []' >/dev/null ||
			{ echo "row $name"; return 1; }
		instead=$("$DOMSH" --json help "$name" | jq -r .description)
		capture "$DOMSH" -c nope:///x "$name" vm1 --no-such-option=1 -5 -- --x
		same 1 "$status"
		same "" "$output"
		same "$answer'$name' is not supported by this build; $instead" "$stderr"
	done
	capture "$DOMSH" --json vol-resize x 1G --delta
	same 1 "$status"
	jq -e '.error | .code == 3 and .name == "NO_SUPPORT"
		and (.message | startswith("this function is not supported"))' <<<"$stderr"
}

@test "an absent command stops nothing but itself" {
	capture D -q 'pool-list --all; echo after; net-list'
	same 1 "$status"
	same after "$output"
	capture D -q 'pool-list; echo after'
	same 0 "$status"
	capture D -q --strict 'pool-list; echo after'
	same 1 "$status"
	same "" "$output"
}

@test "help marks what is absent" {
	ok "$DOMSH" help
	grep -Eq '^    vol-list +\* list' <<<"$output"
	grep -Eq '^    undefine +remove' <<<"$output"
	has "(* not supported by this build" "$output"
	ok "$DOMSH" help vol-list
	has "NOT SUPPORTED BY THIS BUILD" "$output"
	ok "$DOMSH" vol-list x --help
	has "NOT SUPPORTED BY THIS BUILD" "$output"
	ok "$DOMSH" help trash
	has "trash-restore" "$output"
}

@test "help is for eyes: no line is longer than 100 characters" {
	for name in "" $(rows) $(absent); do
		ok "$DOMSH" help $name
		same "" "$(grep -E '^.{101,}$' <<<"$output")"
	done
}

@test "version" {
	ok "$DOMSH" -v
	grep -Eqx '[0-9]+\.[0-9]+(\.[0-9]+)?' <<<"$output"
	short=$output
	ok "$DOMSH" --version=short
	same "$short" "$output"
	ok "$DOMSH" --version=long
	has "$short" "$output"
	ok "$DOMSH" -V
	has "$short" "$output"
	refused "error: version is 'short' or 'long'" "$DOMSH" --version=maybe
}

@test "--help lists the global options and the commands" {
	ok "$DOMSH" --help
	for part in "-c, --connect" --json --strict "snapshot-create-as" trash-restore; do
		has "$part" "$output"
	done
}
