# SPDX-License-Identifier: LGPL-2.1-or-later
# setmem, setmaxmem, setvcpus, vcpucount: what the next start gives a guest.

load helpers

invalid='error: invalid argument:'

# of NAME: "memory currentMemory vcpu current" of the configuration, - for what is not there.
of()
{
	local part
	for part in //memory //currentMemory //vcpu //vcpu/@current; do
		printf '%s ' "$(D -q dumpxml "$1" --inactive --xpath "string($part)" | sed 's/^$/-/')"
	done
}

@test "the table is virsh's" {
	command -v virsh >/dev/null || skip "no virsh to compare with"
	for words in 'vcpucount test' 'vcpucount test --maximum' 'vcpucount test --live' \
		'setvcpus test 1 --config; vcpucount test' 'destroy test; vcpucount test'; do
		ok "$DOMSH" -q -c test:///default "$words"
		same "$(virsh -q -c test:///default "$words" | sed '/^$/d')" "$output"
	done
}

@test "a domain that is off" {
	MORE="<memballoon model='virtio'/>" define vm1
	same '32 - 1 - ' "$(of vm1)"
	ok D setmaxmem vm1 64MiB
	ok D setmem vm1 20000 --current
	same '65536 20000 1 - ' "$(of vm1)"
	ok D setmaxmem vm1 8MiB --config
	same '8192 8192 1 - ' "$(of vm1)"
	refused "$invalid cannot set memory higher than max memory" D setmem vm1 9MiB --config
	ok D setvcpus vm1 4 --maximum --config
	ok D setvcpus vm1 2 --config
	same '8192 8192 4 2 ' "$(of vm1)"
	ok D setvcpus vm1 1 --maximum --config
	same '8192 8192 1 - ' "$(of vm1)"
	refused "exceeds maximum supported amount (2 > 1)" D setvcpus vm1 2 --config
	refused "option --count: '0' is not a number" D setvcpus vm1 0 --config
	refused 'domain is not running' D setmem vm1 8MiB
	refused 'domain is not running' D setvcpus vm1 1 --live
	refused 'domain is not running' D vcpucount vm1 --live
	refused 'read only access prevents' D -r setmem vm1 8MiB --config
	# What it was is not lost.
	ok D trash-list vm1
	has config "$output"
}

@test "a running guest keeps what it has" {
	define_guest vm1
	ok D "setvcpus vm1 2 --maximum --config; setvcpus vm1 2 --config"
	ok D start vm1 --paused
	for command in 'setmem vm1 16M' 'setmaxmem vm1 16M' 'setvcpus vm1 1' 'setmem vm1 16M --live'; do
		refused 'error: argument unsupported: memory and CPUs of a running guest' D "$command"
	done
	ok D setvcpus vm1 1 --config
	ok D --json vcpucount vm1
	same '{"domain":"vm1","maximum_config":2,"maximum_live":2,"current_config":1,"current_live":2}' \
		"$output"
	refused 'setmaxmem changes both' D setmem vm1 16MiB --config
	ok D setmaxmem vm1 16MiB --config
	ok D dominfo vm1
	has 'Used memory:    32768 KiB' "$output"
	ok D destroy vm1
	ok D start vm1 --paused
	same 1 "$(D -q vcpucount vm1 --live)"
	ok D undefine vm1
	refused 'it has no stored configuration' D setmem vm1 16M --config
	ok D destroy vm1
}

@test "a topology says how many CPUs there are" {
	tiny_xml vm1 | sed 's|<devices>|<cpu><topology sockets="1" cores="1" threads="1"/></cpu>&|' \
		>"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	refused '<topology> of the CPU is for 1 CPUs' D setvcpus vm1 2 --maximum --config
}
