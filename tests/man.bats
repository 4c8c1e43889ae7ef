# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual: every command is in it, it is well formed, its examples are understood, and what
# domsh-json(7) says of each document is what is printed.

load helpers

# Who may not write to the build, as an ordinary user in root's tree, looks at what root has made.
setup_file()
{
	test ! -w "$products" || "${MAKE:-make}" -s -C "$here/.." --no-print-directory \
		O="$O" SAN="${SAN:-}" BOOTSTRAPPED=1 man
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
		# That other pages are not installed is not their fault; for our own see the next test.
		same "" "$(mandoc -Tlint "$(page "$page")" 2>/dev/null |
			grep -v 'referenced manual not found')"
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
	sed -n '/^   undefine$/,/^   [v-z]\|^   Not/p' "$BATS_TEST_TMPDIR/text" >"$BATS_TEST_TMPDIR/one"
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
		*"Failed to open file"*) ;; # an example that names its own URI
		*) failing "this is in the manual" "$line" || return 1 ;;
		esac
	done < <(cd "$here/../man/commands" && cat -- * | sed -n 's/^\t//p'
		sed -n '/^\.Bd -literal/,/^\.Ed/p' "$here"/../man/*.in | sed 's/\\-/-/g; s/\\&//g')
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

# remember COMMAND ARGUMENT…: the document on standard input goes to what the golden file of the
# command should be, without what differs between two runs or two machines.
remember()
{
	mkdir -p "$BATS_TEST_TMPDIR/golden"
	jq --arg command "$*" --arg tmp "$BATS_TEST_TMPDIR" '
		def text: gsub($tmp; "TMP") | gsub("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"; "UUID")
			| gsub("52:54:00(:[0-9a-f]{2}){3}"; "MAC") | gsub("/dev/pts/[0-9]+"; "TTY")
			| gsub("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"; "TIME") | gsub("[0-9]{10,16}"; "EPOCH");
		def of_machine: $command | test("^(node|maxvcpus|hostname|version|pwd|vcpuinfo|dommemstat|qemu-monitor|domxml-to-native)");
		{ command: ($command | text), document: (walk(
			if type == "object" then
				with_entries(if .key == "xml" then .value |= capture("^(?<root><[a-z]+)").root + " …"
					elif (.key | test("_times$|^(time|creation_time|size|freed|capacity|allocation|physical|cpu_time)$"))
						and (.value | type == "number") then .value = 0
					else . end)
			elif of_machine and type == "number" then 0
			elif of_machine and type == "string" then "…"
			elif type == "string" then text else . end)
			# Of a list of commands or models, one.
			| if $command | test("^(help|cpu-models)") then .[0:1] else . end) }' >>"$BATS_TEST_TMPDIR/golden/$1.json"
}

# are_golden: what was remembered of commands that tell something is what tests/golden/json has.
# DOMSH_GOLDEN=write writes it there instead.
are_golden()
{
	local name tried=$BATS_TEST_TMPDIR/golden golden=$here/golden/json
	for name in $(cd "$tried" && ls); do
		grep -Eq '^json: (object|array)' "$(entry "${name%.json}")" || rm "$tried/$name"
	done
	if test "${DOMSH_GOLDEN:-}" = write; then
		mkdir -p "$golden"
		rm -f "$golden"/*.json
		cp "$tried"/*.json "$golden/"
	fi
	diff -ru "$golden" "$tried" || {
		echo "if that is meant: DOMSH_GOLDEN=write bats tests/man.bats, and look at the difference"
		return 1
	}
}

# is_documented COMMAND ARGUMENT…: run it with --json; each key is in the manual with its type,
# each key of the manual is there.
is_documented()
{
	local path type known
	capture D --json "$@"
	test "$status" = "${status_of_findings:-0}" ||
		failing "this should have ended otherwise" "$@" || return 1
	printed <<<"$output" >"$BATS_TEST_TMPDIR/printed"
	documented "$1" >"$BATS_TEST_TMPDIR/documented"
	remember "$@" <<<"$output"
	# Of "any" everything below is its own business.
	local any
	any=$(sed -n 's/ any$//p' "$BATS_TEST_TMPDIR/documented")
	while read -r path type; do
		test -z "$any" || case $path in "$any" | "$any"[.[]*) continue ;; esac
		known=$(awk -v path="$path" '$1 == path || $1 == path "?" { print $2; exit }' \
			"$BATS_TEST_TMPDIR/documented")
		case "|$known|" in
		*"|$type|"*) ;;
		*"|number|"*) test "$type" = integer || failing "$path is $type" "$@" || return 1 ;;
		*) failing "the manual says '$known' of $path, which is $type" "$@" || return 1 ;;
		esac
	done <"$BATS_TEST_TMPDIR/printed"
	echo "$1" >>"$BATS_TEST_TMPDIR/tried"
	test "$output" != "[]" || return 0
	while read -r path type; do
		case $path in
		*\? | *"[]") ;;
		?*"[]".*) ;; # below a list that may be empty
		*) cut -d' ' -f1 "$BATS_TEST_TMPDIR/printed" | grep -Fqx -- "$path" ||
			failing "the manual promises $path" "$@" || return 1 ;;
		esac
	done <"$BATS_TEST_TMPDIR/documented"
}

# Commands whose JSON is not tried here: they print none, or need a job that lasts or an agent.
untried="cd connect console quit exit domjobabort qemu-agent-command"

@test "the JSON of each command is what domsh-json(7) says" {
	define_guest vm
	define_guest off
	is_documented uri
	is_documented pwd
	is_documented echo a b
	is_documented help
	is_documented help snapshot
	D dumpxml vm >"$BATS_TEST_TMPDIR/whole.xml"
	is_documented define "$BATS_TEST_TMPDIR/whole.xml"
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
	EDITOR=true is_documented snapshot-edit vm s1
	is_documented snapshot-revert vm s1
	is_documented snapshot-delete vm s2
	is_documented managedsave vm
	is_documented managedsave-dumpxml vm
	is_documented save-image-dumpxml "$(dom vm)/managed-save"
	D managedsave-dumpxml vm >"$BATS_TEST_TMPDIR/saved.xml"
	is_documented managedsave-define vm "$BATS_TEST_TMPDIR/saved.xml"
	EDITOR=true is_documented managedsave-edit vm
	cp "$(dom vm)/managed-save" "$BATS_TEST_TMPDIR/vm.save"
	is_documented save-image-define "$BATS_TEST_TMPDIR/vm.save" "$BATS_TEST_TMPDIR/saved.xml"
	EDITOR=true is_documented save-image-edit "$BATS_TEST_TMPDIR/vm.save"
	ok D managedsave-remove vm
	is_documented restore "$BATS_TEST_TMPDIR/vm.save"
	is_documented save vm "$BATS_TEST_TMPDIR/vm.save"
	is_documented restore "$BATS_TEST_TMPDIR/vm.save"
	ok D managedsave vm
	is_documented undefine vm --all-state --dry-run
	is_documented managedsave-remove vm
	is_documented trash-list vm
	is_documented autostart vm
	is_documented start-autostart
	is_documented destroy vm
	is_documented autostart vm --disable
	is_documented set-lifecycle-action vm poweroff destroy
	is_documented setmaxmem vm 64M --config
	is_documented setmem vm 64M --config
	is_documented setvcpus vm 2 --maximum --config
	is_documented setvcpus vm 1 --config
	is_documented vcpucount vm
	is_documented vcpucount vm --maximum --config
	is_documented protect vm
	is_documented protect vm --off
	is_documented desc vm
	is_documented desc vm --title
	is_documented desc vm --title new --config
	is_documented metadata vm urn:x --key x --set '<a/>' --config
	is_documented metadata vm urn:x
	EDITOR=true is_documented edit vm
	is_documented await vm domain-inactive
	is_documented doctor
	: >"$(dom vm)/snapshots/broken.xml"
	status_of_findings=1 is_documented doctor vm
	rm "$(dom vm)/snapshots/broken.xml"
	is_documented domstats
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
	is_documented hostname
	is_documented nodeinfo
	is_documented nodecpumap
	is_documented nodememstats
	is_documented nodecpustats
	is_documented nodecpustats --percent
	is_documented capabilities
	is_documented domcapabilities
	is_documented cpu-models x86_64
	is_documented domxml-to-native qemu-argv "$BATS_TEST_TMPDIR/whole.xml"
	is_documented maxvcpus
	is_documented version --daemon
	more_documents
	are_golden
	same "" "$({ printf '%s\n' $untried; cat "$BATS_TEST_TMPDIR/tried"; } | sort -u |
		comm -13 - <(rows | sort))"
}

# once_it_listens ARGUMENT…: domsh does this when the next command waits for events.
once_it_listens()
{
	(wait_for 'grep -qs ^inotify /proc/$(pgrep -nf -- "$ROOT --json")/fdinfo/*' && D -q "$@") \
		>/dev/null 3>&- &
}

# What an agent in `more` is asked.
agent_documents()
{
	local socket agent
	socket=$(dom more)/run/channel0.sock
	rm "$socket"
	"$here/fake-agent" "$socket" good "$BATS_TEST_TMPDIR/asked" 3>&- &
	agent=$!
	wait_for "test -S '$socket'"
	is_documented domtime more
	is_documented domtime more --sync
	is_documented domhostname more
	is_documented domfsfreeze more
	is_documented domfsthaw more
	is_documented domfstrim more
	kill $agent
}

# What needs a guest with more than a disk.
more_documents()
{
	make_disk "$BATS_TEST_TMPDIR/more.qcow2"
	MORE="<interface type='user'><mac address='52:54:00:00:00:0a'/></interface>
		<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
		<memballoon model='virtio'/><video><model type='vga'/></video>
		<graphics type='vnc'><listen type='socket'/></graphics>" \
		tiny_xml more "$BATS_TEST_TMPDIR/more.qcow2" |
		sed "s|<serial type='unix'>|<serial type='pty'>|; /<source mode=/d" \
		>"$BATS_TEST_TMPDIR/more.xml"
	is_documented define "$BATS_TEST_TMPDIR/more.xml"
	D -q start more
	is_documented domblklist more --details
	is_documented domblkinfo more vda
	is_documented domblkinfo more --all
	is_documented domiflist more
	is_documented domblkstat more vda
	is_documented domblkerror more
	agent_documents
	is_documented vcpuinfo more
	is_documented dommemstat more
	is_documented dommemstat more --period 1
	is_documented domif-getlink more 52:54:00:00:00:0a
	is_documented domif-setlink more 52:54:00:00:00:0a down
	is_documented domif-setlink more 52:54:00:00:00:0a up
	is_documented vcpucount more
	is_documented vcpucount more --maximum
	is_documented setmaxmem more 32MiB --config
	is_documented setmem more 32MiB --config
	is_documented setvcpus more 1 --config
	is_documented vncdisplay more
	is_documented domdisplay more
	is_documented ttyconsole more
	is_documented domstats more
	is_documented domcontrol more
	is_documented domjobinfo more
	is_documented qemu-monitor-command more '{"execute":"query-status"}'
	is_documented qemu-monitor-command more --hmp info status
	is_documented send-key more KEY_A
	is_documented screenshot more "$BATS_TEST_TMPDIR/more.png"
	is_documented inject-nmi more
	once_it_listens suspend more
	is_documented event --event lifecycle
	once_it_listens reset more
	is_documented qemu-monitor-event --event RESET
	ok D resume more
	is_documented reset more
	is_documented reboot more
	is_documented shutdown more
	is_documented shutdown more --wait --timeout 1 --then-destroy
}

@test "the JSON of an error is what domsh-json(7) says" {
	define vm
	: >"$(dom vm)/managed-save"
	sed -n '/^\.Ss Errors/,/^\.El/s/^\.It Va \([^ ]*\) No : \([a-z|]*\).*/\1 \2/p' \
		"$here/../man/domsh-json.7.in" | sort >"$BATS_TEST_TMPDIR/documented"
	test "$(wc -l <"$BATS_TEST_TMPDIR/documented")" -gt 8
	for command in "undefine vm" "undefine vm --purge" "domstate nope" "vol-list" "snapshot-revert vm nope"; do
		capture D --json $command
		same 1 "$status"
		same "" "$output"
		printed <<<"$stderr" | while read -r path type; do
			test "$path" != error || continue
			known=$(awk -v path="$path" '$1 == path { print $2; exit }' \
				"$BATS_TEST_TMPDIR/documented")
			case "|$known|" in
			*"|$type|"*) ;;
			*) echo "$path is $type"; exit 1 ;;
			esac
		done
	done
}
