# SPDX-License-Identifier: LGPL-2.1-or-later
# Help, and a walk over all rows of the command table.

load helpers

# rows: the name of each command.
rows()
{
	"$DOMSH" --json help | jq -r '.[].name'
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
	same "" "$(rows | sort | uniq -d)"
	for name in $(rows); do
		same "" "$(options "$name" true | sort | uniq -d)"
	done
}

@test "names are lower case with dashes" {
	{ rows; for name in $(rows); do options "$name" true; done; } >"$BATS_TEST_TMPDIR/names"
	same "" "$(grep -vx '[a-z][a-z0-9]*\(-[a-z0-9]\+\)*' "$BATS_TEST_TMPDIR/names")"
}

# What a command needs besides the option that is tried.
needed()
{
	"$DOMSH" --json help "$1" | jq -r '.options[] | select(.required) | "x"'
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

@test "help is for eyes: no line is longer than 100 characters" {
	for name in "" $(rows); do
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
