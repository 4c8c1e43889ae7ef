# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion: what the program offers, and what bash, zsh and fish make of it on a terminal.
bats_require_minimum_version 1.5.0
load helpers
load prompt

# A sanitizer that looks for leaks cannot do so under strace.
untraced="env ASAN_OPTIONS=detect_leaks=0"

teardown()
{
	pty_end
	leave_nothing
}

# define_name NAME: a domain of any name.
define_name()
{
	cat >"$BATS_TEST_TMPDIR/name.xml" <<-XML
		<domain type='qemu'><name>$1</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
		<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>
	XML
	ok D define "$BATS_TEST_TMPDIR/name.xml"
}

awkward=("my vm" "a:b" "it's" 'say "x"' "semi;colon" "#hash" 'cash$HOME' "back\\slash" "grüße")

define_awkward()
{
	local name
	for name in "${awkward[@]}"; do
		define_name "$name"
	done
}

# offers EXPECTED WORD…: the candidates for the last word, a line each.
offers()
{
	local expected=$1
	shift
	ok D -q complete -- "$@"
	same "$expected" "$output"
}

# offers_no CANDIDATE WORD…
offers_no()
{
	local candidate=$1
	shift
	ok D -q complete -- "$@"
	has_not "$candidate" "$output"
}

# --- what is offered --------------------------------------------------------------------------

@test "commands, but not those that are hidden or absent" {
	offers $'snapshot-create\nsnapshot-create-as\nsnapshot-current' snapshot-c
	ok D -q complete -- ''
	has undefine "$output"
	has_not complete "$output"
	has_not migrate "$output"
	ok D complete --
	same "" "$output"
}

@test "options: neither used ones, nor what they exclude, nor what is not supported" {
	offers $'--nvram' undefine vm1 --nv
	offers $'' undefine vm1 --nvram --nv
	offers_no keep-nvram undefine vm1 --nvram --
	offers_no storage undefine vm1 --
	offers $'--help' domstate vm1 --h
	offers $'' undefine vm1 -- --nv
	offers $'' undefine --nope vm1 --nv
	offers $'' no-such-command --
}

@test "words of an option, by position, by name and with =" {
	offers $'acpi\nagent\nagent,acpi' shutdown vm1 a
	offers acpi shutdown vm1 --mode ac
	offers $'--mode=acpi\n--mode=agent\n--mode=agent,acpi' shutdown vm1 --mode=
	offers '' shutdown vm1 --mode b
}

@test "domains that the command can act on" {
	define_guest vm1
	define_guest vm2
	offers $'vm1\nvm2' start vm
	offers '' destroy vm
	ok D start vm1 --paused
	offers vm2 start ''
	offers vm1 destroy ''
	offers vm1 resume ''
	offers '' suspend ''
	offers $'vm1\nvm2' dominfo ''
	offers --domain=vm1 destroy --domain=
	ok D destroy vm1
	ok D snapshot-create-as vm2 s1
	ok D snapshot-create-as vm2 s2
	offers vm2 snapshot-revert ''
	offers $'s1\ns2' snapshot-revert vm2 ''
	offers $'s1\ns2' snapshot-delete --domain vm2 --snapshotname ''
	offers '' snapshot-revert vm1 ''
	offers '' snapshot-revert vm2 --current ''
}

@test "several domains: what was named is not offered again, and modes stay on offer" {
	define vm1
	define vm2
	define acme
	offers $'acme\nvm2' start vm1 ''
	offers acme undefine vm1 --dry-run vm2 ''
	offers '' domstate vm1 vm2 acme ''
	ok D start vm1 acme --paused
	offers $'acme\nacpi\nagent\nagent,acpi' shutdown vm1 ''
	offers acme shutdown vm1 acpi ''
	offers $'acme\nvm1' shutdown ''
	ok D destroy vm1 acme
}

@test "entries of the trash, and the domains they are of" {
	define vm1
	ok D undefine vm1
	ok D -q complete -- trash-restore ''
	has vm1 "$output"
	has '~vm1' "$output"
	offers '' start ''
}

@test "files and directories" {
	mkdir "$BATS_TEST_TMPDIR/files" "$BATS_TEST_TMPDIR/files/dir"
	touch "$BATS_TEST_TMPDIR/files/a b" "$BATS_TEST_TMPDIR/files/.hidden"
	dir=$BATS_TEST_TMPDIR/files
	offers "$dir/a b"$'\n'"$dir/dir/" define "$dir/"
	offers "$dir/.hidden" define "$dir/."
	offers "$dir/dir/" cd "$dir/"
	HOME=$dir offers '~/dir/' define '~/d'
	offers '' define /no/such/place/
}

@test "help, global options, URIs" {
	ok D -q complete -- help snapshot
	has $'snapshot\nsnapshot-create' "$output"
	offers $'--connect' --con
	offers '' -c qemu:///session --con
	offers $'qemu:///session\nqemu:///system' -c qemu:///s
	offers $'--connect=qemu:///session\n--connect=qemu:///system' --connect=qemu:///s
	offers $'0\n1\n2\n3\n4' -d ''
	offers undefine -r -q undef
	offers '' -z undef
}

@test "-c among the words is honoured, -r is no hindrance" {
	define vm1
	ok "$DOMSH" -q complete -- -r -c "$URI" start ''
	same vm1 "$output"
	ok "$DOMSH" -q complete -- "--connect=$URI" start ''
	same vm1 "$output"
}

@test "what fails has no candidates, and says nothing" {
	ok "$DOMSH" -q -c nope:///x complete -- start ''
	same "" "$output"
	ok "$DOMSH" -q complete -- -c "qemu:///embed?root=/proc/nope" start ''
	same "" "$output"
	ok "$DOMSH" -q complete -- -c
	same "" "$output"
}

@test "nothing is made, locked or read as XML" {
	fresh=$BATS_TEST_TMPDIR/fresh
	ok "$DOMSH" -q -c "qemu:///embed?root=$fresh" complete -- start ''
	is_gone "$fresh"
	define_guest vm1
	ok D snapshot-create-as vm1 s1
	before=$(store_hash "$ROOT")
	for words in "start " "snapshot-delete vm1 " "trash-restore " "managedsave-remove "; do
		$untraced strace -f -o "$BATS_TEST_TMPDIR/trace" "$DOMSH" -q -c "$URI" complete -- \
			${words% } "${words##* }" >/dev/null
		# Of snapshots the library looks at the records themselves.
		run grep -E 'open.*(domain\.xml"|O_WRONLY|O_RDWR|O_CREAT)|F_OFD_SETLK|/lock"|libxml2|fork' \
			"$BATS_TEST_TMPDIR/trace"
		same "" "$output"
	done
	same "$before" "$(store_hash "$ROOT")"
}

@test "names that a terminal would obey are left out" {
	dir=$BATS_TEST_TMPDIR/files
	mkdir "$dir"
	touch "$dir"/evil{,$'\e]0;title\a',$'\u202ename',$'\u009bname',$'\xff',$'\nname'}
	offers "$dir/evil" define "$dir/ev"
}

@test "10,000 domains are no reason to wait" {
	define vm0
	(
		cd "$ROOT/domains" || exit 1
		for ((i = 1; i < 10000; i++)); do
			echo "vm$i"
		done | xargs mkdir
		for dir in vm*; do
			test -e "$dir/domain.xml" || ln vm0/domain.xml "$dir/domain.xml"
		done
	)
	start=${EPOCHREALTIME/[.,]/}
	ok D -q complete -- start vm99
	end=${EPOCHREALTIME/[.,]/}
	same 111 "$(wc -l <<<"$output")"
	echo "$((end - start)) µs"
	test $((end - start)) -lt 1000000
	# Two looks at each domain, whatever the machine does besides.
	$untraced strace -f -c -o "$BATS_TEST_TMPDIR/calls" "$DOMSH" -q -c "$URI" complete -- snapshot-list vm >/dev/null
	test "$(awk '/total$/ { print $(NF > 4 ? NF - 2 : NF - 1) }' "$BATS_TEST_TMPDIR/calls")" -lt 50000
}

# --- shells -----------------------------------------------------------------------------------

# shell_start COMMAND…: an interactive shell with the prompt "$ " that finds domsh and this store.
shell_start()
{
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	ln -sf "$(readlink -f "$DOMSH")" "$BATS_TEST_TMPDIR/bin/domsh"
	pty_start env -u XDG_CONFIG_HOME -u XDG_DATA_HOME PATH="$BATS_TEST_TMPDIR/bin:$PATH" LD_LIBRARY_PATH="$(readlink -f "$products")" \
		DOMSH_DEFAULT_CONNECT_URI="$URI" MYURI="$URI" HOME="$BATS_TEST_TMPDIR" TERM=screen \
		LC_ALL=C.UTF-8 "$@"
	stands '$'
}

# tab TYPED LINE: after TYPED and Tab the command line is LINE.
tab()
{
	type_keys -l -- "$1"
	type_keys Tab
	stands "\$ $2" || return 1
	type_keys C-u
	stands '$'
}

# What all the shells must do.
check_shell()
{
	tab 'domsh undef' 'domsh undefine'
	tab 'domsh start my' 'domsh start my\ vm'
	tab 'domsh start "my' 'domsh start "my vm"'
	tab 'domsh start a' 'domsh start a:b'
	tab 'domsh start a:' 'domsh start a:b'
	tab 'domsh start it' "domsh start it\\'s"
	tab "domsh start 'say" "domsh start 'say \"x\"'"
	tab 'domsh start semi' 'domsh start semi\;colon'
	tab 'domsh start gr' 'domsh start grüße'
	tab 'domsh start --domain=my' 'domsh start --domain=my\ vm'
	tab 'domsh start "my vm" --forc' 'domsh start "my vm" --force-boot'
	tab 'domsh -c qemu:///se' 'domsh -c qemu:///session'
	tab 'domsh -r -c "$MYURI" start my' 'domsh -r -c "$MYURI" start my\ vm'
	tab "domsh define $here/../compl" "domsh define $here/../completions/"
	# Nothing of what is typed is run.
	tab 'domsh $(touch ran) undef' 'domsh $(touch ran) undef'
	is_gone "$BATS_TEST_TMPDIR/ran"
}

@test "bash, sourced" {
	define_awkward
	printf '%s\n' "PS1='\$ '" "bind 'set bell-style none'" ". '$here/../completions/domsh'" \
		>"$BATS_TEST_TMPDIR/bashrc"
	shell_start bash --noprofile --rcfile "$BATS_TEST_TMPDIR/bashrc" -i
	check_shell
	tab 'domsh start cash' 'domsh start cash\$HOME'
	tab 'domsh start "cash' 'domsh start "cash\$HOME"'
	tab 'domsh start back' 'domsh start back\\slash'
	tab 'domsh start \#' 'domsh start \#hash'
	tab 'domsh start "say' 'domsh start "say \"x\""'
	tab "domsh start 'it" "domsh start 'it'\\''s'"
	tab 'X=1 domsh start my' 'X=1 domsh start my\ vm'
	tab 'true; domsh start my' 'true; domsh start my\ vm'
	# What was completed is what the shell passes on.
	type_keys -l 'domsh -q domid my'
	type_keys Tab Enter
	shows '-'
}

@test "bash, through bash-completion's loader" {
	test -e /usr/share/bash-completion/bash_completion || skip "there is no bash-completion"
	define_awkward
	mkdir -p "$BATS_TEST_TMPDIR/user/completions"
	ln -s "$here/../completions/domsh" "$BATS_TEST_TMPDIR/user/completions/domsh"
	printf '%s\n' "PS1='\$ '" "bind 'set bell-style none'" \
		"BASH_COMPLETION_USER_DIR='$BATS_TEST_TMPDIR/user'" \
		". /usr/share/bash-completion/bash_completion" >"$BATS_TEST_TMPDIR/bashrc"
	shell_start bash --noprofile --rcfile "$BATS_TEST_TMPDIR/bashrc" -i
	check_shell
}

@test "zsh" {
	command -v zsh >/dev/null || skip "there is no zsh"
	define_awkward
	printf '%s\n' "PS1='\$ '" "unsetopt beep prompt_sp" "fpath=('$here/../completions' \$fpath)" \
		"autoload -U compinit; compinit -u -D" "bindkey -e" >"$BATS_TEST_TMPDIR/.zshrc"
	shell_start env ZDOTDIR="$BATS_TEST_TMPDIR" zsh -i
	check_shell
}

@test "fish" {
	command -v fish >/dev/null || skip "there is no fish"
	define_awkward
	mkdir -p "$BATS_TEST_TMPDIR/.config/fish/completions"
	ln -s "$here/../completions/domsh.fish" "$BATS_TEST_TMPDIR/.config/fish/completions/"
	printf '%s\n' "function fish_prompt; echo '\$ '; end" "function fish_greeting; end" \
		"set -g fish_autosuggestion_enabled 0" >"$BATS_TEST_TMPDIR/.config/fish/config.fish"
	shell_start fish -i
	check_shell
}
