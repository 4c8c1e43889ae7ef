# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# For the tests of events: a listener beside them, which ends with the test.

teardown()
{
	test -z "${listener:-}" || kill "$listener" 2>/dev/null || true
	leave_nothing
}

# in_background COMMAND…: where bash would make it deaf to SIGINT; what it prints goes to $heard.
in_background()
{
	# shellcheck disable=SC2154 # the caller's
	perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' \
		"$DOMSH" -c "$URI" ${json:+--json} "$@" >"$heard" 2>&1 3>&- &
	listener=$!
	wait_for 'grep -qs ^inotify /proc/$listener/fdinfo/*'
}
