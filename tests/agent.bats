# SPDX-License-Identifier: LGPL-2.1-or-later
# The channel to an agent in the guest, and what is asked of it. QEMU and its channel are real; the
# agent is tests/fake-agent, which takes the place of QEMU's end.

load helpers

channel="    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
"

teardown()
{
	test -z "${agent:-}" || kill "$agent" 2>/dev/null || true
	leave_nothing
}

define_channel()
{
	make_guest_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	MORE=$channel define "$1" "$BATS_TEST_TMPDIR/$1.qcow2"
}

# with_agent MODE: the agent of vm is like that from now on.
with_agent()
{
	local socket
	socket=$(dom vm)/run/channel0.sock
	test -z "${agent:-}" || kill "$agent"
	rm -f "$socket" "$BATS_TEST_TMPDIR/asked"
	"$here/fake-agent" "$socket" "$1" "$BATS_TEST_TMPDIR/asked" 3>&- &
	agent=$!
	wait_for "test -S '$socket'"
}

asked()
{
	jq -r '.execute + (if .arguments.mode then ":" + .arguments.mode else "" end)' "$BATS_TEST_TMPDIR/asked" |
		grep -v '^guest-sync'
}

# is_quick SECONDS COMMAND…: it answers within that time; $status and so on are set.
is_quick()
{
	local started=$EPOCHREALTIME limit=$1
	shift
	capture "$@"
	test "$(jq -n "$EPOCHREALTIME - $started < $limit")" = true ||
		failing "this took from $started to $EPOCHREALTIME" "$@"
}

@test "a channel: in QEMU, pinned, its socket for the owner, and where it is asked for" {
	define_channel vm
	ok D start vm
	test -S "$(dom vm)/run/channel0.sock"
	same 600 "$(stat -c %a "$(dom vm)/run/channel0.sock")"
	has '"label":"charchannel0"' "$(D -q qemu-monitor-command vm '{"execute":"query-chardev"}' | tr -d ' ')"
	guest_ask vm i
	# The controller's place stays, and no path of ours is written down.
	has "<controller type='virtio-serial' index='0'>" "$(D dumpxml vm --inactive | tr '"' "'")"
	has_not channel0.sock "$(cat "$(dom vm)/domain.xml")"
	slots=$(D dumpxml vm --inactive | grep -c "slot=")
	# Nobody answers in the guest: told in time, and not by the guest's death.
	is_quick 3 D await vm --condition guest-agent-available --timeout 1
	same 1 "$status"
	has "Timed out" "$stderr"
	ok D destroy vm
	ok D start vm
	same "$slots" "$(D dumpxml vm --inactive | grep -c "slot=")"
	ok D snapshot-create-as vm s1
	ok D managedsave vm
	ok D start vm
	ok D snapshot-revert vm s1
	ok D destroy vm
	MACHINE=q35 MORE="    <channel type='unix'><source mode='bind' path='$BATS_TEST_TMPDIR/at.sock'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
" define two "$BATS_TEST_TMPDIR/vm.qcow2"
	ok D start two
	test -S "$BATS_TEST_TMPDIR/at.sock"
	ok D destroy two
}

# The guest itself opens the channel, and QEMU tells; only who answers there is not in the guest.
@test "without a mode the agent is asked if the guest has its channel open, else the button pressed" {
	define_channel vm
	ok D start vm
	guest_ask vm n
	with_agent good
	# Somebody at our end does not make it an agent: the guest has to open its end.
	ok D --json shutdown vm
	same acpi "$(jq -r .mode <<<"$output")"
	is_gone "$BATS_TEST_TMPDIR/asked"
	same 'O open' "$(guest_ask vm o | tr -d '\r')"
	ok D shutdown vm
	same "Domain 'vm' is being shutdown
The agent in the guest was asked" "${output%$'\n'}"
	same guest-shutdown:powerdown "$(asked)"
	with_agent good
	ok D reboot vm
	has "Domain 'vm' is being rebooted"$'\n'"The agent" "$output"
	same guest-shutdown:reboot "$(asked)"
	# The button alone, when that is said.
	with_agent good
	ok D --json reboot vm --mode acpi
	same acpi "$(jq -r .mode <<<"$output")"
	is_gone "$BATS_TEST_TMPDIR/asked"
	# One that does not answer: the button, and it is told.
	with_agent drops
	pressed=$(grep -c POWERDOWN "$(dom vm)/run/events")
	ok D shutdown vm
	has "did not answer, so the power button was pressed" "$output"
	wait_for "test \$(grep -c POWERDOWN '$(dom vm)/run/events') -gt $pressed"
	ok D destroy vm
}

@test "dumpxml shows the channel's socket and whether the guest has it open, and nothing keeps it" {
	channel="    <channel type='unix'><target type='virtio' name='org.example.other'/></channel>
$channel" define_channel vm
	ok D start vm
	guest_ask vm i
	shown=$(D dumpxml vm)
	has "<source mode='bind' path='$(dom vm)/run/channel1.sock'/>" "$shown"
	has "name='org.qemu.guest_agent.0' state='disconnected'/>" "$shown"
	has "name='org.example.other' state='disconnected'/>" "$shown"
	has "<alias name='channel1'/>" "$shown"
	guest_ask vm o
	wait_for 'D dumpxml vm | grep -q "other. state=.connected"'
	has "name='org.qemu.guest_agent.0' state='disconnected'/>" "$(D dumpxml vm)"
	# A guard that comes later asks QEMU, and one that was there hears of the end.
	guard=$(pgrep -f "domsh-guard start $(dom vm) ")
	kill -9 "$guard"
	tail --pid="$guard" -f /dev/null
	ok D suspend vm
	ok D resume vm
	has "name='org.example.other' state='connected'/>" "$(D dumpxml vm)"
	shown=$(D dumpxml vm)
	for stored in "dumpxml vm --inactive" "snapshot-create-as vm s1" "snapshot-dumpxml vm s1"; do
		# shellcheck disable=SC2086
		ok D $stored
		has_not "$(dom vm)" "$output"
		has_not connected "$output"
	done
	guest_ask vm o
	wait_for 'D dumpxml vm | grep -q "other. state=.disconnected"'
	ok D managedsave vm
	ok D managedsave-dumpxml vm
	has_not "$(dom vm)" "$output"
	# What was shown can be defined, and means the same.
	ok D managedsave-remove vm
	D dumpxml vm >"$BATS_TEST_TMPDIR/before"
	ok D define <(echo "$shown")
	ok D start vm
	ok D destroy vm
	ok D dumpxml vm
	added="<address|alias name='virtio-serial0'"
	same "$(grep -Ev "$added" "$BATS_TEST_TMPDIR/before")" "$(grep -Ev "$added" <<<"$output")"
}

@test "shutdown and reboot by the agent" {
	define_channel vm
	ok D start vm
	guest_ask vm n
	with_agent good
	ok D await vm --condition guest-agent-available --timeout 5
	ok D shutdown vm --mode agent
	same guest-shutdown:powerdown "$(asked)"
	# A wish to reboot that came before is taken back by it.
	ok D reboot vm
	is_there "$(dom vm)/run/reboot"
	ok D shutdown vm --mode agent,acpi
	is_gone "$(dom vm)/run/reboot"
	with_agent good
	ok D reboot vm --mode agent
	same guest-shutdown:reboot "$(asked)"
	guest_ask vm p
	wait_for 'test ! -e "$(dom vm)/run"'
	same 'shut off (shutdown)' "$(D -q domstate vm --reason)"
}

@test "an agent that does not answer: refused in time, or the button" {
	define_channel vm
	ok D start vm
	guest_ask vm n
	for mode in drops flood refuses; do
		with_agent $mode
		is_quick 5 D shutdown vm --mode agent
		same 1 "$status"
		same running "$(state_of vm)"
	done
	has "the guest agent refused: not" "$stderr"
	has_not $'\e' "$stderr"
	with_agent half
	is_quick 4 D qemu-agent-command vm --timeout 1 '{"execute":"guest-ping"}'
	same 1 "$status"
	has "Guest agent is not responding" "$stderr"
	# Nobody is kept from the domain while it is waited for.
	with_agent silent
	D qemu-agent-command vm --timeout 2 '{"execute":"guest-ping"}' >/dev/null 2>&1 &
	wait_for "test -s '$BATS_TEST_TMPDIR/asked'"
	ok D suspend vm
	ok D resume vm
	wait $! || true
	same running "$(state_of vm)"
	with_agent drops
	guest_ask vm n
	ok D shutdown vm --mode agent,acpi
	wait_for 'test ! -e "$(dom vm)/run"'
}

@test "qemu-agent-command: the answer, whatever was said before; the agent's refusal" {
	define_channel vm
	ok D start vm
	with_agent stale
	ok D -q qemu-agent-command vm '{"execute": "guest-ping"}'
	same '{"return":{}}' "$(tr -d ' ' <<<"$output")"
	same guest-ping "$(asked)"
	ok D --json qemu-agent-command vm '{"execute": "guest-ping"}'
	same '{}' "$(jq -c .reply.return <<<"$output")"
	with_agent mute
	is_quick 4 D qemu-agent-command vm --timeout 1 '{"execute": "guest-ping"}'
	same 1 "$status"
	has "Guest agent is not responding" "$stderr"
	refused "not a number from 1" D qemu-agent-command vm --timeout 0 x
	for two in "--async --block" "--timeout 1 --async" "--block --timeout 2"; do
		# shellcheck disable=SC2086
		refused "exclusive" D qemu-agent-command vm $two x
	done
	# It is handed over to one that is there, and its answer is not waited for.
	with_agent mute
	is_quick 2 D qemu-agent-command vm --async '{"execute": "guest-fstrim"}'
	same "The agent in 'vm' has got the command" "${output%$'\n'}"
	wait_for "grep -q guest-fstrim '$BATS_TEST_TMPDIR/asked'"
	ok D --json qemu-agent-command vm --async '{"execute": "guest-fsfreeze-thaw"}'
	same qemu-agent-command "$(jq -r .done <<<"$output")"
	wait_for "grep -q thaw '$BATS_TEST_TMPDIR/asked'"
	with_agent drops
	refused "Guest agent is not responding" D qemu-agent-command vm --async '{"execute": "x"}'
	ok D destroy vm
	refused "domain is not running" D qemu-agent-command vm x
}

@test "without a channel, and ways that no guest here has" {
	define_guest vm
	ok D start vm
	for command in "shutdown vm --mode agent" "reboot vm --mode agent" "qemu-agent-command vm {}" \
		"await vm guest-agent-available"; do
		# shellcheck disable=SC2086
		refused "has no channel to a guest agent" D $command
	done
	for mode in initctl signal paravirt agent,signal; do
		refused "cannot be asked by" D shutdown vm --mode $mode
		refused "cannot be asked by" D reboot vm --mode $mode
	done
	refused "Unknown mode foo value" D shutdown vm --mode acpi,foo
	guest_ask vm i
	# The button where there is no channel.
	ok D shutdown vm --mode agent,acpi
	wait_for 'test ! -e "$(dom vm)/run"'
	refused "domain is not running" D shutdown vm --mode agent
	define_channel two
	ok D start two --paused
	refused "domain is not running: it is paused" D shutdown two --mode agent
	ok D destroy two
}

# arguments_of COMMAND: what the agent was asked with, last.
arguments_of()
{
	jq -c "select(.execute == \"$1\") | .arguments" "$BATS_TEST_TMPDIR/asked" | tail -1
}

@test "what the agent is asked by name: clock, host name, file systems" {
	define_channel vm
	ok D start vm
	with_agent good
	ok D domtime vm
	same "Time: 1700000000" "${output%$'\n'}"
	ok D domtime vm --pretty
	same "Time: 2023-11-14 22:13:20" "${output%$'\n'}"
	ok D domtime vm --time 1234567890
	same '{"time":1234567890000000000}' "$(arguments_of guest-set-time)"
	ok D domtime vm --now
	test "$(arguments_of guest-set-time | jq "(.time / 1000000000 - $EPOCHSECONDS | fabs) < 60")" = true
	ok D domtime vm --sync
	same null "$(arguments_of guest-set-time)"
	ok D --json domhostname vm --source agent
	same '"inside\u001b[31m"' "$(jq .hostname <<<"$output")"
	ok D domfsfreeze vm
	same "Froze 3 filesystem(s)" "${output%$'\n'}"
	ok D domfsfreeze vm / "/srv \"x\""
	same '{"mountpoints":["/","/srv \"x\""]}' "$(arguments_of guest-fsfreeze-freeze-list)"
	ok D domfsthaw vm
	same "Thawed 3 filesystem(s)" "${output%$'\n'}"
	refused "thaws all file systems at once" D domfsthaw vm /
	ok D domfstrim vm --minimum 1MiB
	same '{"minimum":1048576}' "$(arguments_of guest-fstrim)"
	refused "trims all file systems" D domfstrim vm --mountpoint /
	refused "read only access prevents" D -r domfsfreeze vm
	with_agent refuses
	for command in domtime domhostname domfsfreeze domfsthaw domfstrim; do
		refused "the guest agent refused: not" D $command vm
	done
	with_agent silent
	is_quick 9 D domfstrim vm
	same 1 "$status"
	has "Guest agent is not responding" "$stderr"
	ok D destroy vm
	define_guest two
	ok D start two
	refused "has no channel to a guest agent" D domtime two
	ok D destroy two
}
