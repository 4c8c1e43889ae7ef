# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual: every command is in it, it is well formed, its examples are understood, and what
# domsh-json(7) says of each document is what is printed.

load helpers

setup_file()
{
	make -s -C "$here/.." --no-print-directory O="$O" BOOTSTRAPPED=1 man
}

pages="domsh.1 domsh-uri.7 domsh-json.7 domsh-guard.8"

page()
{
	echo "$products/man/$1"
}

# rows: the name of each command that is there.
rows()
{
	"$DOMSH" --json help | jq -r '.[] | select(.supported) | .name'
}

entry()
{
	echo "$here/../man/commands/$1"
}

@test "every command has an entry with an example, and every entry a command" {
	ok "$products/man/generate" --check "$here/../man/commands"
	same "$(rows | LC_ALL=C sort)" "$(cd "$here/../man/commands" && LC_ALL=C ls)"
}

@test "a command without an entry and an entry without a command are refused" {
	cp -r "$here/../man/commands" "$BATS_TEST_TMPDIR/commands"
	rm "$BATS_TEST_TMPDIR/commands/undefine"
	echo >"$BATS_TEST_TMPDIR/commands/nonsense"
	cp "$BATS_TEST_TMPDIR/commands/list" "$BATS_TEST_TMPDIR/commands/vol-list"
	grep -v '^json:' "$(entry start)" >"$BATS_TEST_TMPDIR/commands/start"
	grep -v '^	' "$(entry list)" >"$BATS_TEST_TMPDIR/commands/list"
	capture "$products/man/generate" --check "$BATS_TEST_TMPDIR/commands"
	same 1 "$status"
	has "commands/undefine: the command has no entry" "$stderr"
	has "commands/nonsense: there is no such command" "$stderr"
	has "commands/vol-list: there is no such command" "$stderr"
	has "commands/start: no line 'json:" "$stderr"
	has "commands/list: the entry has no example" "$stderr"
	capture "$products/man/generate" "$here/../man/domsh.1.in" "$BATS_TEST_TMPDIR/commands"
	same 1 "$status"
}

@test "mandoc and man have nothing to say against the pages" {
	for page in $pages; do
		# That our own pages are not installed is not their fault; see the next test.
		same "" "$(mandoc -Tlint "$(page "$page")" |
			grep -v 'referenced manual not found: Xr domsh')"
		LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l "$(page "$page")" \
			2>"$BATS_TEST_TMPDIR/warnings" >/dev/null
		same "" "$(<"$BATS_TEST_TMPDIR/warnings")"
	done
}

@test "the pages refer to each other by what they are" {
	for page in $pages; do
		while read -r name section; do
			is_there "$(page "$name.$section")"
		done < <(sed -n 's/^\.Xr \(domsh[a-z-]*\) \([0-9]\).*/\1 \2/p' "$(page "$page")")
	done
}

@test "domsh(1) has each command, its synopsis and its options; absent ones in a line" {
	LC_ALL=C.UTF-8 mandoc -Tascii -O width=200 "$(page domsh.1)" | col -b >"$BATS_TEST_TMPDIR/text"
	"$DOMSH" --json help | jq -r '.[] | "\(.name) \(.supported)"' >"$BATS_TEST_TMPDIR/rows"
	while read -r name supported; do
		grep -Eq "^ +$name( |\$)" "$BATS_TEST_TMPDIR/text" || { echo "no $name"; return 1; }
	done <"$BATS_TEST_TMPDIR/rows"
	sed -n '/^   undefine$/,/^   vncdisplay\|^   Not/p' "$BATS_TEST_TMPDIR/text" >"$BATS_TEST_TMPDIR/one"
	for option in $("$DOMSH" --json help undefine | jq -r '.options[].name'); do
		grep -Eq "^ +--$option( |\$)" "$BATS_TEST_TMPDIR/one"
	done
	for option in --connect --strict --readonly --json; do
		grep -Eq -- "-*$option( |\$)" "$BATS_TEST_TMPDIR/text"
	done
}

@test "every example is a command line that domsh understands" {
	local line words
	while IFS= read -r line; do
		line=${line%% | *} line=${line%% < *} line=${line%% > *} line=${line%% 2>*} line=${line%% &*}
		case $line in
		domsh\ *) ;;
		*) continue ;;
		esac
		eval "words=(${line#domsh })"
		capture env DOMSH_DEFAULT_CONNECT_URI=nope:///x "$DOMSH" "${words[@]}" </dev/null
		case $stderr in
		"" | *"failed to connect"*) ;;
		*qemu:///*) ;; # examples that name their own URI
		*) failing "this is in the manual" "$line" || return 1 ;;
		esac
	done < <(cd "$here/../man/commands" && cat -- * | sed -n 's/^\t//p'
		sed -n '/^\.Bd -literal/,/^\.Ed/p' "$here"/../man/*.in | sed 's/\\-/-/g; s/\\&//g')
}

@test "make install installs the pages, and uninstall removes them" {
	make -s -C "$here/.." --no-print-directory O="$O" BOOTSTRAPPED=1 \
		DESTDIR="$BATS_TEST_TMPDIR/dest" prefix=/usr install
	for page in $pages; do
		is_there "$BATS_TEST_TMPDIR/dest/usr/share/man/man${page##*.}/$page"
	done
	make -s -C "$here/.." --no-print-directory O="$O" BOOTSTRAPPED=1 \
		DESTDIR="$BATS_TEST_TMPDIR/dest" prefix=/usr uninstall
	same "" "$(find "$BATS_TEST_TMPDIR/dest" -type f)"
}

# --- JSON -------------------------------------------------------------------------------------

# documented COMMAND: lines "path type[|null]…", with a "?" behind a path that may be missing.
documented()
{
	local kind
	kind=$(sed -n 's/^json: //p' "$(entry "$1")")
	sed -n '/^json:/,$s/^\t\([^ ]*\) \([^ ]*\).*/\1 \2/p' "$(entry "$1")"
	test "$kind" != done || printf 'domain%s string\ndone%s string\n' "${2:-}" "${2:-}"
}

# printed: what the document on standard input consists of, as documented would say it.
printed()
{
	jq -r 'def word: if type == "number" then if . == floor and (tostring | test("[.e]") | not)
			then "integer" else "number" end else type end;
		paths as $p | getpath($p) as $v | [$p[] | if type == "number" then "[]" else "." + . end]
		| join("") | ltrimstr(".") as $path | select($path != "[]" and ($v | type) != "array")
		| "\($path) \($v | word)"' | LC_ALL=C sort -u
}

# is_documented COMMAND ARGUMENT…: run it with --json; each key is in the manual with its type,
# each key of the manual is there.
is_documented()
{
	local path type known
	capture D --json "$@"
	test "$status" = 0 || failing "this should have succeeded" "$@"
	printed <<<"$output" >"$BATS_TEST_TMPDIR/printed"
	documented "$1" >"$BATS_TEST_TMPDIR/documented"
	while read -r path type; do
		known=$(awk -v path="$path" '$1 == path || $1 == path "?" { print $2; exit }' \
			"$BATS_TEST_TMPDIR/documented")
		case "|$known|" in
		*"|$type|"* | *"|any|"*) ;;
		*"|number|"*) test "$type" = integer || failing "$path is $type" "$@" || return 1 ;;
		*) failing "the manual says '$known' of $path, which is $type" "$@" || return 1 ;;
		esac
	done <"$BATS_TEST_TMPDIR/printed"
	echo "$1" >>"$BATS_TEST_TMPDIR/tried"
	test "$output" != "[]" || return 0
	while read -r path type; do
		case $path in
		*\?) ;;
		*[][]) ;;
		*) grep -q "^$path " "$BATS_TEST_TMPDIR/printed" ||
			failing "the manual promises $path" "$@" || return 1 ;;
		esac
	done <"$BATS_TEST_TMPDIR/documented"
}

# Commands whose JSON is not tried here: they need a terminal, do not end, or print none.
untried="cd quit exit"

@test "the JSON of each command is what domsh-json(7) says" {
	define_guest vm
	define_guest off
	is_documented uri
	is_documented pwd
	is_documented echo a b
	is_documented help
	is_documented help snapshot
	is_documented define "$BATS_TEST_TMPDIR/vm.xml"
	is_documented list --all
	is_documented list --all --title --managed-save
	for state in off running; do
		for command in dominfo domid domname domuuid domstate dumpxml; do
			is_documented $command vm
		done
		test $state = running || is_documented start vm
	done
	is_documented list
	is_documented suspend vm
	is_documented resume vm
	is_documented snapshot-create vm
	is_documented snapshot-create-as vm s1
	is_documented snapshot-create-as vm s2 --print-xml
	is_documented snapshot-create-as vm s2
	for command in snapshot-info snapshot-dumpxml snapshot-parent; do
		is_documented $command vm s2
	done
	is_documented snapshot-list vm
	is_documented snapshot-list vm --tree
	is_documented snapshot-current vm
	is_documented snapshot-current vm --name
	is_documented snapshot-current vm s2
	is_documented snapshot-revert vm s1
	is_documented snapshot-delete vm s2
	is_documented managedsave vm
	is_documented undefine vm --all-state --dry-run
	is_documented managedsave-remove vm
	is_documented trash-list vm
	is_documented autostart vm
	is_documented domrename vm vm2
	is_documented undefine vm2 --all-state
	is_documented undefine vm2 --if-exists
	is_documented trash-list
	is_documented trash-restore vm2
	is_documented undefine off --purge
	is_documented trash-empty --dry-run
	is_documented trash-empty
	tiny_xml brief >"$BATS_TEST_TMPDIR/brief.xml"
	is_documented create "$BATS_TEST_TMPDIR/brief.xml"
	is_documented destroy brief
	start_for_shutdown
	is_documented shutdown vm2
	wait_for 'test "$(state_of vm2)" = "shut off"' 20
	more_documents
	same "" "$({ printf '%s\n' $untried; cat "$BATS_TEST_TMPDIR/tried"; } | sort -u |
		comm -13 - <(rows | sort))"
}

start_for_shutdown()
{
	D -q start vm2
	guest_ask vm2 m >/dev/null
}

# What has no place in the story above.
more_documents()
{
	:
}

@test "the JSON of an error is what domsh-json(7) says" {
	define vm
	D snapshot-create-as vm s1 2>/dev/null || true
	sed -n '/^\.Ss Errors/,/^\.El/s/^\.It Va \([^ ]*\) No : \([a-z|]*\).*/\1 \2/p' \
		"$here/../man/domsh-json.7.in" | sort >"$BATS_TEST_TMPDIR/documented"
	test "$(wc -l <"$BATS_TEST_TMPDIR/documented")" -gt 8
	for command in "undefine vm" "domstate nope" "vol-list" "snapshot-revert vm nope"; do
		capture D --json $command
		test "$status" = 1 || continue
		same "" "$output"
		printed <<<"$stderr" | while read -r path type; do
			test "$path" != error || continue
			grep -Eq "^$(sed 's/[][.]/\\&/g' <<<"$path") ([a-z|]*\|)?$type(\||\$)" \
				"$BATS_TEST_TMPDIR/documented" || { echo "$path $type"; exit 1; }
		done
	done
}
