# SPDX-License-Identifier: LGPL-2.1-or-later
# The prompt on a terminal, with each line editor that this was configured for, and with none.
bats_require_minimum_version 1.5.0
load helpers
load prompt

setup()
{
	own_root
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	history=$XDG_STATE_HOME/domsh/history
	prompt='domsh #'
}

teardown()
{
	pty_end
	leave_nothing
}

# session ARGUMENT…: a session at its prompt, with the editor $editor.
session()
{
	pty_start env TERM="${TERMINAL:-screen}" LC_ALL=C.UTF-8 \
		"$products/domsh-with-$editor" -q -c "$URI" "$@"
	stands "$prompt"
}

# enter TEXT: a line; what it prints is on the screen when the next prompt is.
enter()
{
	pty clear-history
	type_keys -l -- "$1"
	type_keys Enter
}

leave()
{
	type_keys C-u C-d
	shows 'ended with 0'
}

# each_editor FUNCTION…: with each editor in turn; with_editor leaves out "none".
each_editor()
{
	for editor in readline libedit none; do
		test -x "$products/domsh-with-$editor" || skip "$editor is not there"
		echo "with $editor"
		rm -rf "$XDG_STATE_HOME"
		"$@"
		pty_end
	done
}
with_editor()
{
	for editor in readline libedit; do
		test -x "$products/domsh-with-$editor" || skip "$editor is not there"
		echo "with $editor"
		rm -rf "$XDG_STATE_HOME"
		"$@"
		pty_end
	done
}

check_lines()
{
	session
	enter 'echo one'
	shows one
	enter ''
	enter 'echo t\'
	stands '     >'
	enter 'wo'
	shows two
	enter 'nope'
	shows "error: unknown command: 'nope'"
	enter "echo 'a"
	shows "error: missing ': the quote is never closed.*"
	enter 'cd /; pwd'
	shows /
	stands "$prompt"
	leave
}
@test "lines, joined lines, errors, and the end" {
	each_editor check_lines
}

check_quit()
{
	session
	enter 'echo bye; quit; echo never'
	shows bye
	shows 'ended with 0'
	session
	enter 'exit'
	shows 'ended with 0'
}
@test "quit and exit" {
	each_editor check_quit
}

check_welcome()
{
	prompt='domsh >'
	pty_start "$products/domsh-with-$editor" -r -c "$URI"
	stands 'domsh >'
	shows "Type 'help' for the list of commands, 'quit' to leave."
	prompt='domsh #'
	session
	run screen
	same "$prompt" "$output"
}
@test "a welcome unless -q, and the prompt of a read-only session" {
	each_editor check_welcome
}

check_cancel()
{
	session
	type_keys -l 'echo half'
	stands "$prompt echo half"
	type_keys C-c
	stands "$prompt"
	shows "$prompt echo half^C"
	enter 'echo joined \'
	stands '     >'
	type_keys C-c
	stands "$prompt"
	enter 'echo whole'
	shows whole
	leave
	same 'echo whole' "$(<"$history")"
}
@test "Ctrl-C at the prompt clears the line" {
	each_editor check_cancel
}

check_history()
{
	session
	enter 'echo one'
	shows one
	enter 'echo one'
	enter ' echo hidden'
	shows hidden
	enter 'echo jo\'
	stands '     >'
	enter 'ined'
	shows joined
	wait_for 'test -e "$history"'
	same $'echo one\necho joined' "$(<"$history")"
	same 600 "$(stat -c %a "$history")"
	same 700 "$(stat -c %a "${history%/*}")"
	leave
}
@test "history: it grows with each line, without repeated and hidden ones" {
	each_editor check_history
}

check_recall()
{
	mkdir -p "${history%/*}"
	printf '%s\n' 'echo first' $'echo \e]0;evil\a' 'echo last' >"$history"
	session
	type_keys Up
	stands "$prompt echo last"
	type_keys Up
	stands "$prompt echo first"
	type_keys C-c
	stands "$prompt"
	type_keys C-r
	type_keys -l 'fir'
	wait_for 'screen | grep -q "echo first"'
	type_keys Enter Enter # libedit only ends the search with the first one
	shows first
	leave
}
@test "history: recalled with Up and Ctrl-R; what was not typed is left out" {
	with_editor check_recall
}

@test "history: its size, a bad size, a file that cannot be written" {
	editor=readline
	mkdir -p "${history%/*}"
	seq -f 'echo %g' 100 >"$history"
	export DOMSH_HISTSIZE=10
	session
	leave
	same 10 "$(wc -l <"$history")"
	same 'echo 100' "$(tail -n 1 "$history")"
	DOMSH_HISTSIZE=many
	session
	shows "error: ignoring DOMSH_HISTSIZE: 'many' is not a number from 0 to 1000000"
	leave
	export DOMSH_HISTSIZE=0
	session
	enter 'echo x'
	shows x
	leave
	same 10 "$(wc -l <"$history")"
	unset DOMSH_HISTSIZE
	export XDG_STATE_HOME=/proc/nope
	session
	enter 'echo x'
	shows 'error: the history is not kept: /proc/nope/domsh/history: No such file or directory'
	enter 'echo y'
	shows y
	same 1 "$(screen | grep -c 'the history is not kept')"
	leave
}

check_tab()
{
	session
	# keys PATTERN: typed so far, then Tab
	tab_gives 'undef' 'undefine'
	tab_gives 'start my' 'start my\ vm'
	tab_gives 'start "my' 'start "my vm"'
	tab_gives 'start a:' 'start a:b'
	tab_gives 'echo x; start my' 'echo x; start my\ vm'
	tab_gives 'start --domain=my' 'start --domain=my\ vm'
	tab_gives 'list --al' 'list --all'
	type_keys -l 'start '
	type_keys Tab
	shows 'a:b    my vm'
	stands "$prompt start"
	type_keys -l 'my'
	type_keys Tab
	stands "$prompt start my\\ vm"
	type_keys C-u
	enter 'echo jo\'
	stands '     >'
	type_keys -l '; star'
	type_keys Tab
	stands '     > ; start'
	type_keys C-c
	stands "$prompt"
	leave
}
tab_gives()
{
	type_keys -l -- "$1"
	type_keys Tab
	stands "$prompt $2" || return 1
	type_keys C-u
	stands "$prompt"
}
@test "Tab" {
	for name in 'my vm' a:b; do
		printf "<domain type='qemu'><name>%s</name><memory>32768</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os></domain>" \
			"$name" >"$BATS_TEST_TMPDIR/name.xml"
		ok D define "$BATS_TEST_TMPDIR/name.xml"
	done
	with_editor check_tab
}

# The XML comes through a pipe: until something writes into it the command is in the middle.
check_busy()
{
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	session
	enter "define $BATS_TEST_TMPDIR/fifo"
	stands "$prompt define $BATS_TEST_TMPDIR/fifo"
	type_keys C-c
	wait_for 'screen | grep -q "cannot be stopped half-way: it goes on to its end"'
	tiny_xml vm1 >"$BATS_TEST_TMPDIR/fifo"
	stands "$prompt"
	enter 'echo alive'
	shows alive
	leave
	ok D undefine vm1 --purge
	rm "$BATS_TEST_TMPDIR/fifo"
}
@test "Ctrl-C while a command runs: it goes on to its end, and that is told" {
	each_editor check_busy
}

check_editing()
{
	printf '#!/bin/sh\ntrap "echo >%q" INT\necho >%q\nread -r line <%q || read -r line <%q\ntest -z "$line" || echo "$line" >"$1"\n' \
		"$BATS_TEST_TMPDIR/hit" "$BATS_TEST_TMPDIR/opened" "$BATS_TEST_TMPDIR/fifo" "$BATS_TEST_TMPDIR/fifo" \
		>"$BATS_TEST_TMPDIR/edit"
	chmod 755 "$BATS_TEST_TMPDIR/edit"
	rm -f "$BATS_TEST_TMPDIR"/{hit,opened,fifo}
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	pty_start env TERM=screen LC_ALL=C.UTF-8 VISUAL="$BATS_TEST_TMPDIR/edit" TMPDIR="$BATS_TEST_TMPDIR" \
		"$products/domsh-with-$editor" -q -c "$URI"
	stands "$prompt"
	type_keys -l 'edit vm1'
	type_keys Enter
	wait_for 'test -e "$BATS_TEST_TMPDIR/opened"'
	type_keys C-c # is the editor's
	wait_for 'test -e "$BATS_TEST_TMPDIR/hit"'
	echo rubbish >"$BATS_TEST_TMPDIR/fifo"
	wait_for 'screen | grep -qF "Failed. Try again? [y,n,i,f,?]:"' || { screen; return 1; }
	type_keys C-c
	wait_for 'screen | grep -qF "The edited text is kept in"' || { screen; return 1; }
	stands "$prompt"
	run screen
	has_not half-way "$output"
	same rubbish "$(cat "$BATS_TEST_TMPDIR"/domsh??????.xml)"
	rm "$BATS_TEST_TMPDIR"/domsh??????.xml
	type_keys C-u C-d
	shows 'ended with 0'
}
@test "Ctrl-C while an editor runs is the editor's; where it is asked again it means no" {
	define vm1
	each_editor check_editing
	ok D undefine vm1 --purge
}

check_gone()
{
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	pty_start bash -c 'echo $$ >"$0"; exec "$@"' "$BATS_TEST_TMPDIR/pid" \
		"$products/domsh-with-$editor" -q -c "$URI"
	stands "$prompt"
	enter "define $BATS_TEST_TMPDIR/fifo"
	stands "$prompt define $BATS_TEST_TMPDIR/fifo"
	pty_end
	tiny_xml vm1 >"$BATS_TEST_TMPDIR/fifo"
	wait_for '! kill -0 "$(<"$BATS_TEST_TMPDIR/pid")" 2>/dev/null'
	ok D undefine vm1 --purge
	pty_start bash -c 'echo $$ >"$0"; exec "$@"' "$BATS_TEST_TMPDIR/pid" \
		"$products/domsh-with-$editor" -q -c "$URI"
	stands "$prompt"
	pty_end
	wait_for '! kill -0 "$(<"$BATS_TEST_TMPDIR/pid")" 2>/dev/null'
	rm "$BATS_TEST_TMPDIR/fifo"
}
@test "a terminal that goes away: the command is finished, the session ends" {
	each_editor check_gone
}

check_term()
{
	for TERMINAL in no-such-terminal dumb ''; do
		pty_start env TERM="$TERMINAL" LC_ALL=C.UTF-8 "$products/domsh-with-$editor" -q -c "$URI"
		wait_for 'test "$(last_line)" = "$prompt"'
		enter 'echo one'
		shows one
		type_keys C-d
		shows 'ended with 0'
	done
}
@test "TERM unknown, dumb, empty" {
	each_editor check_term
}

check_foreign()
{
	mkdir -p "$BATS_TEST_TMPDIR/files"
	touch "$BATS_TEST_TMPDIR/files/"{plain,$'e\e]0;evil\a',$'c\u009bevil',$'b\u202eevil'}
	cd "$BATS_TEST_TMPDIR"
	session
	enter 'cd files'
	stands "$prompt"
	type_keys -l 'define '
	type_keys Tab
	stands "$prompt define plain"
	type_keys C-u
	enter $'echo \u202e x'
	leave
	run grep -aE $'\e]0;evil|\u009bevil|\u202eevil' "$BATS_TEST_TMPDIR/raw"
	same 1 "$status"
}
@test "nothing foreign reaches the terminal raw" {
	with_editor check_foreign
}

check_connect()
{
	session
	enter 'uri'
	shows "$URI"
	enter "connect qemu:///embed?root=$BATS_TEST_TMPDIR/other --readonly"
	stands 'domsh >'
	enter 'uri'
	shows "qemu:///embed?root=$BATS_TEST_TMPDIR/other"
	enter 'connect nope:///x'
	shows 'error: failed to connect to the hypervisor'
	enter 'uri'
	stands 'domsh >'
	leave
}
@test "connect" {
	each_editor check_connect
}

@test "no editor is loaded where there is no prompt" {
	for command in "$products"/domsh-with-*; do
		run -0 env LD_DEBUG=files bash -c 'echo "echo hi" | "$0" -q' "$command"
		has hi "$output"
		has_not file=libreadline "$output"
		has_not file=libedit "$output"
	done
}

@test "from a pipe: joined lines, no history" {
	ok bash -c 'printf "echo a\\\\\nb\necho c" | "$0" -q' "$DOMSH"
	same $'ab\nc' "$output"
	capture bash -c 'printf "echo a\\\\" | "$0" -q' "$DOMSH"
	same 0 "$status"
	has 'error: dangling \' "$stderr"
	is_gone "$history"
}

# Another process makes the event that is waited for.
check_event()
{
	session
	enter 'event --event lifecycle --loop'
	wait_for 'grep -qs ^inotify /proc/$(pgrep -nf -- "domsh-with-.*$ROOT")/fdinfo/*'
	define "heard-$editor"
	shows "event 'lifecycle' for domain 'heard-$editor': Defined Added"
	type_keys C-c
	wait_for 'screen | grep -q "event loop interrupted"'
	shows 'events received: 1'
	stands "$prompt"
	enter 'echo alive'
	shows alive
	leave
}
@test "event at the prompt: what others do, and Ctrl-C" {
	with_editor check_event
}
