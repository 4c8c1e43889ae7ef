# SPDX-License-Identifier: LGPL-2.1-or-later
# vcpuinfo, dommemstat; domif-getlink, domif-setlink.

load helpers

define_usage()
{
	make_guest_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	MORE="    <interface type='user'><mac address='52:54:00:00:00:08'/><model type='virtio'/></interface>
    <interface type='user'><mac address='52:54:00:00:00:09'/><model type='e1000'/></interface>
${MORE:-}" tiny_xml "$1" "$BATS_TEST_TMPDIR/$1.qcow2" | sed 's|<vcpu>1|<vcpu>2|' >"$BATS_TEST_TMPDIR/$1.xml"
	ok D define "$BATS_TEST_TMPDIR/$1.xml"
}

@test "vcpuinfo" {
	define_usage vm
	cpus=$(D -q nodecpumap | sed -n 's/^CPUs present: *//p')
	all=$(printf "%$((cpus))s" '' | tr ' ' y)
	ok D vcpuinfo vm
	same "VCPU:           0
CPU:            N/A
State:          N/A
CPU time:       N/A
CPU Affinity:   $all

VCPU:           1
CPU:            N/A
State:          N/A
CPU time:       N/A
CPU Affinity:   $all" "${output%$'\n'}"
	ok D start vm
	guest_ask vm i
	ok D vcpuinfo vm --pretty
	same 2 "$(grep -c '^VCPU: ' <<<"$output")"
	same 2 "$(grep -c '^State:          running$' <<<"$output")"
	grep -Eq '^CPU time:       [0-9]+\.[0-9]s$' <<<"$output"
	has "CPU Affinity:   $(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' "/proc/$(jq .pid "$(dom vm)/run/state")/status") (out of $cpus)" "$output"
	# The time is what the host has for the thread, and goes up while the guest works.
	before=$(D --json vcpuinfo vm | jq '.[0].cpu_time')
	guest_ask vm f f f f
	test "$(D --json vcpuinfo vm | jq ".[0].cpu_time > $before and .[0].cpu_time < 600 and .[1].vcpu == 1 and .[0].state == \"running\"")" = true
	ok D destroy vm
}

@test "dommemstat" {
	MORE="    <memballoon model='virtio'/>
" define_usage vm
	refused "domain is not running" D dommemstat vm
	ok D start vm
	ok D -q dommemstat vm
	same "actual last_update rss" "$(cut -d' ' -f1 <<<"$output" | paste -sd' ')"
	has "actual 32768"$'\n' "$output"
	has "last_update 0"$'\n' "$output"
	ok D --json dommemstat vm
	same 33554432 "$(jq .actual <<<"$output")"
	resident=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(jq .pid "$(dom vm)/run/state")/status")
	test "$(jq "(.rss / 1024 - $resident | fabs) < 20000" <<<"$output")" = true
	ok D dommemstat vm --period 3
	same "" "${output%$'\n'}"
	same 3 "$(D qemu-monitor-command vm '{"execute":"qom-get","arguments":{"path":"/machine/peripheral/ua-balloon0","property":"guest-stats-polling-interval"}}' | jq .return)"
	refused "no place for the period" D dommemstat vm --period 3 --config
	refused "read only access prevents" D -r dommemstat vm --period 3
	ok D destroy vm
	define_usage two
	ok D start two
	ok D -q dommemstat two
	same rss "$(cut -d' ' -f1 <<<"$output")"
	capture D dommemstat two --period 3
	same 1 "$status"
	ok D destroy two
}

# cable: what the guest reads of the first card, a virtio one: "0x0001" when it has a link.
cable()
{
	local bar
	bar=$(D -q qemu-monitor-command vm --hmp 'info pci' |
		awk '/BAR0: I\/O/ { bar = $4 } /id "ua-net0"/ { print bar }')
	D -q qemu-monitor-command vm --hmp "i /h $((bar + 0x1a))" | sed 's/.*= //'
}

@test "a cable is pulled in the guest that runs, in the configuration, and at the start" {
	mac=52:54:00:00:00:08
	define_usage vm
	ok D -q domif-getlink vm $mac
	same "$mac up" "$output"
	ok D start vm
	guest_ask vm i
	same 0x0001 "$(cable)"
	ok D domif-setlink vm $mac down
	same "Device updated successfully" "${output%$'\n'}"
	same 0x0000 "$(cable)"
	has "<link state='down'/>" "$(D dumpxml vm)"
	ok D -q domif-getlink vm $mac
	same "$mac down" "$output"
	ok D -q domif-getlink vm $mac --config
	same "$mac up" "$output"
	# It is no part of the machine: an image is resumed, with the cable as it was.
	ok D managedsave vm
	capture D start vm
	same 0 "$status"
	same 0x0000 "$(cable)"
	ok D domif-setlink vm ${mac^^} up
	same 0x0001 "$(cable)"
	ok D domif-setlink vm $mac down --config
	same 0x0001 "$(cable)"
	refused "Interface (mac: 52:54:00:00:00:99) not found." D domif-setlink vm 52:54:00:00:00:99 up
	refused "Interface (dev: eth0) not found." D domif-getlink vm eth0
	refused "invalid link state 'sideways'" D domif-setlink vm $mac sideways
	refused "no command takes the XML" D domif-setlink vm $mac up --print-xml
	refused "read only access prevents" D -r domif-setlink vm $mac up
	ok D destroy vm
	ok D --json domif-getlink vm $mac
	same "{\"interface\":\"$mac\",\"link\":\"down\"}" "$(jq -c . <<<"$output")"
	ok D start vm
	guest_ask vm i
	same 0x0000 "$(cable)"
	ok D destroy vm
	ok D domif-setlink vm $mac up
	has_not "state='down'" "$(D dumpxml vm)"
}
