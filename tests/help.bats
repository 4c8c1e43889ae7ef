# SPDX-License-Identifier: LGPL-2.1-or-later
# Help, and a walk over all rows of the command table.
# bats file_tags=peer

load helpers

# The list of all commands, and what help tells of each, a document a line: asked once.
setup_file()
{
	"$DOMSH" --json help >"$BATS_FILE_TMPDIR/list"
	"$DOMSH" --json "$(jq -r '.[] | "help \(.name)"' "$BATS_FILE_TMPDIR/list")" \
		>"$BATS_FILE_TMPDIR/all"
}

# of_all FILTER: what the jq filter makes of the list of what help tells of each command.
of_all()
{
	jq -rs "$1" "$BATS_FILE_TMPDIR/all"
}

# rows: the name of each command that is there.
rows()
{
	of_all '.[] | select(.supported) | .name'
}

# absent: the name of each command that only virsh has.
absent()
{
	of_all '.[] | select(.supported | not) | .name'
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

@test "self-test finds nothing wrong with any row" {
	ok "$DOMSH" -q self-test
	grep -Eqx '[0-9]+ commands with [0-9]+ options: nothing is wrong with their rows' <<<"$output"
	test "${output%% *}" -ge 290
	refused "error: unexpected data 'x'" "$DOMSH" self-test x
}

@test "every row has a group, a summary, a description and a synopsis" {
	jq -e 'all(.group != "" and .name != "" and .summary != "")' "$BATS_FILE_TMPDIR/list"
	same "$(jq -r '.[].name' "$BATS_FILE_TMPDIR/list")" "$(of_all '.[].name')"
	same "" "$(of_all '.[] | .name as $name | select(.supported) | select((
			(.summary | length > 8 and (test("[.]$") | not))
			and (.description | length > 20) and (.synopsis | startswith($name))
			and (.options | all(.summary | length > 3))) | not) | .name')"
}

@test "names are lower case with dashes, and no two are the same" {
	of_all '.[] | .name, .options[].name' >"$BATS_TEST_TMPDIR/names"
	test "$(wc -l <"$BATS_TEST_TMPDIR/names")" -gt 500
	same "" "$(grep -vx '[a-z][a-z0-9]*\(-[a-z0-9]\+\)*' "$BATS_TEST_TMPDIR/names")"
	same "" "$(of_all '.[].name' | sort | uniq -d)"
	same "" "$(of_all '.[] | .name as $name | .options[] | "\($name) \(.name)"' | sort | uniq -d)"
}

@test "an option that is not supported is refused, never ignored" {
	of_all 'def some: if . == "number" then "1" else "x" end;
		.[] | .name as $name | [.options[] | select(.required) | .value | some] as $needed
		| .options[] | select(.supported | not)
		| [$name, $needed[], "--" + .name, (.value // empty | some)] | join(" ")' \
		>"$BATS_TEST_TMPDIR/lines"
	test -s "$BATS_TEST_TMPDIR/lines"
	while read -r line; do
		capture D $line </dev/null
		same 1 "$status"
		same "" "$output"
		case $stderr in
		*"is not supported yet: "* | *" required by "* | *" requires either "*) ;;
		*) failing "this was not refused for what it is" $line || return 1 ;;
		esac
	done <"$BATS_TEST_TMPDIR/lines"
}

@test "every option of virsh 9.0.0 is known" {
	command -v virsh >/dev/null || skip "no virsh to compare with"
	virsh "$(of_all '.[] | select(.supported) | "help \(.name)"')" 2>/dev/null |
		awk '$1 == "NAME" { getline; name = $1 }
			/^  [A-Z]/ { synopsis = $1 == "SYNOPSIS" }
			synopsis { while (match($0, /--[a-z][a-z-]*/)) {
				print name, substr($0, RSTART, RLENGTH); $0 = substr($0, RSTART + RLENGTH) } }' |
		LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/theirs"
	test "$(wc -l <"$BATS_TEST_TMPDIR/theirs")" -gt 150
	of_all '.[] | .name as $name | .options[] | "\($name) --\(.name)"' |
		LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/ours"
	same "" "$(LC_ALL=C comm -23 "$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/ours")"
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
	for group in $(jq -r '.[].group' "$BATS_FILE_TMPDIR/list" | uniq); do
		"$DOMSH" --json help "$group" | jq -r '.[].name' >"$BATS_TEST_TMPDIR/names"
		same "$(LC_ALL=C sort "$BATS_TEST_TMPDIR/names")" "$(<"$BATS_TEST_TMPDIR/names")"
	done
}

@test "an absent command answers that it is, whatever is said to it, and what to use instead" {
	same "" "$(of_all '.[] | select((.supported | not) and
		((.summary | length > 8 and (test("[.]$") | not))
		and (.description | length > 12) and .options == [] | not)) | .name')"
	answer="error: this function is not supported by the connection driver: "
	capture "$DOMSH" -q -c nope:///x \
		"$(of_all '.[] | select(.supported | not) | "\(.name) vm1 --no-such-option=1 -5 -- --x"')"
	same 1 "$status"
	same "" "$output"
	same "$(of_all ".[] | select(.supported | not)
		| \"$answer'\(.name)' is not supported by this build; \(.description)\"")" "$stderr"
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

# golden NAME COMMAND…: what it prints is tests/golden/help/NAME.txt; DOMSH_GOLDEN=write writes that.
golden()
{
	local file=$here/golden/help/$1.txt
	shift
	"$@" >"$BATS_TEST_TMPDIR/printed"
	test "${DOMSH_GOLDEN:-}" != write || cp "$BATS_TEST_TMPDIR/printed" "$file"
	diff -u "$file" "$BATS_TEST_TMPDIR/printed"
}

@test "help reads as it is meant to" {
	# The frame of the list of all; the rows are looked at by the other tests.
	frame() { "$DOMSH" help | grep -v '^    [a-z]'; }
	golden all frame
	golden trash "$DOMSH" help trash
	for name in domrename metadata trash-empty; do
		golden $name "$DOMSH" help $name
	done
}

@test "help is for eyes: no line is longer than 100 characters" {
	ok "$DOMSH" "help; $(of_all '.[] | "help \(.name)"')"
	test "$(wc -l <<<"$output")" -gt 1500
	same "" "$(grep -E '^.{101,}$' <<<"$output")"
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
