# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A terminal for the bats files that need one: a tmux of its own, whose screen is looked at. After
# `load helpers`. Nothing sleeps: what should be on the screen is waited for.

pty()
{
	# A system user's own shell may be one that says no.
	SHELL=/bin/bash tmux -S "$BATS_TEST_TMPDIR/tmux" -f /dev/null "$@"
}

# pty_start COMMAND…: run it on a terminal of 100 columns. What it prints, byte by byte, goes to
# $BATS_TEST_TMPDIR/raw; when it ends the screen says "ended with STATUS".
pty_start()
{
	pty_end
	printf '%q ' "$@" >"$BATS_TEST_TMPDIR/command"
	mkfifo "$BATS_TEST_TMPDIR/go"
	pty new-session -d -x 100 -y 50 \
		"read -r <'$BATS_TEST_TMPDIR/go'; bash '$BATS_TEST_TMPDIR/command'; echo \"ended with \$?\"; read -r"
	pty set-option -g status off
	pty pipe-pane "cat >'$BATS_TEST_TMPDIR/raw'"
	echo >"$BATS_TEST_TMPDIR/go"
	rm "$BATS_TEST_TMPDIR/go"
}

pty_end()
{
	pty kill-server 2>/dev/null || true
	rm -f "$BATS_TEST_TMPDIR/tmux"
}

# type KEY…: as tmux names them (Enter, Tab, C-c), others letter by letter.
type_keys()
{
	pty send-keys "$@"
}

# The screen without empty lines.
screen()
{
	pty capture-pane -p -J | sed 's/ *$//; /^$/d'
}

last_line()
{
	screen | tail -n 1
}

# shows PATTERN: wait until a line of the screen is it (a grep -x pattern).
shows()
{
	wait_for "screen | grep -qx -- $(printf %q "$1")" || { screen; return 1; }
}

# stands LINE: wait until the last line is exactly it.
stands()
{
	wait_for "test \"\$(last_line)\" = $(printf %q "$1")" || { screen; return 1; }
}
