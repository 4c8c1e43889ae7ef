# SPDX-License-Identifier: LGPL-2.1-or-later
# What the host and QEMU can do, and the command line that start would execute.
load helpers

# without_names: a command line with the names that are chosen anew each time left out.
without_names()
{
	sed -E 's/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/UUID/; s/"mac":"[^"]*"/MAC/'
}

@test "capabilities: the host's CPUs, the emulator, machines, and only types that work" {
	ok D capabilities
	xml=$output
	same "$(uname -m)" "$(xmllint --xpath 'string(/capabilities/host/cpu/arch)' - <<<"$xml")"
	same "$(nproc --all)" "$(xmllint --xpath 'count(/capabilities/host/topology//cpu)' - <<<"$xml")"
	emulator=$(xmllint --xpath 'string(//guest/arch[@name="x86_64"]/emulator)' - <<<"$xml")
	test -x "$emulator"
	canonical=$(xmllint --xpath 'string(//machine[.="q35"]/@canonical)' - <<<"$xml")
	has pc-q35- "$canonical"
	same "$canonical" "$(xmllint --xpath "string(//machine[.='$canonical'])" - <<<"$xml")"
	same qemu "$(xmllint --xpath 'string(//guest/arch/domain[1]/@type)' - <<<"$xml")"
	if test -r /dev/kvm -a -w /dev/kvm; then
		has "<domain type='kvm'/>" "$xml"
	else
		has_not "<domain type='kvm'/>" "$xml"
	fi
	has_not uuid "$xml"
	ok "$DOMSH" -c test:///default capabilities
	has_not "<guest>" "$output"
}

@test "domcapabilities: of the default, of q35, of what there is not" {
	ok D domcapabilities --machine q35 --virttype qemu
	xml=$output
	has "<path>/" "$xml"
	has "<domain>qemu</domain>" "$xml"
	has "<machine>pc-q35-" "$xml"
	has "<arch>x86_64</arch>" "$xml"
	same "sata virtio" "$(xmllint --xpath '//disk/enum[@name="bus"]/value/text()' - <<<"$xml" | xargs)"
	same no "$(xmllint --xpath 'string(//mode[@name="host-passthrough"]/@supported)' - <<<"$xml")"
	most=$(xmllint --xpath 'string(//vcpu/@max)' - <<<"$xml")
	test "$most" -ge 255
	ok D domcapabilities
	has "<value>ide</value>" "$output"
	refused "has no machine 'nonsense'" D domcapabilities --machine nonsense
	refused "has no architecture 'sparc'" D domcapabilities --arch sparc
	refused "unknown type 'xen'" D domcapabilities --virttype xen
	refused "'/nowhere/qemu' is not installed" D domcapabilities --emulatorbin /nowhere/qemu
	refused "read only access prevents" D -r domcapabilities --emulatorbin /usr/bin/qemu-system-x86_64
	refused "this driver has no emulator" "$DOMSH" -c test:///default domcapabilities
}

@test "cpu-models" {
	ok D cpu-models x86_64
	has qemu64 "$output"
	has Haswell "$output"
	same "$(LC_ALL=C sort <<<"$output")" "$output"
	refused "has no architecture 'foo'" D cpu-models foo
}

@test "nodecpumap, nodememstats, nodecpustats look as virsh's" {
	ok D -q nodecpumap
	[[ $output =~ ^"CPUs present:   "[0-9]+$'\n'"CPUs online:    $(nproc --all)"$'\n'"CPU map:        "[y-]+$ ]]
	ok D -q nodecpumap --pretty
	same "CPU map:        $(</sys/devices/system/cpu/online)" "$(tail -n 1 <<<"$output")"
	ok D -q nodememstats
	[[ $output =~ ^"total  : "[\ 0-9]{20}" KiB"$'\n'"free   : "[\ 0-9]{20}" KiB"$'\n'"buffers: "[\ 0-9]{20}" KiB"$'\n'"cached : "[\ 0-9]{20}" KiB"$ ]]
	same "$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)" "$(awk 'NR == 1 { print $3 }' <<<"$output")"
	ok D -q nodecpustats
	[[ $output =~ ^"user:           "[\ 0-9]{20}$'\n'"system:         "[\ 0-9]{20}$'\n'"idle:           "[\ 0-9]{20}$'\n'"iowait:         "[\ 0-9]{20}$ ]]
	ok D -q nodecpustats --cpu 0
	ok D -q nodecpustats --percent
	[[ $output =~ ^"usage:          "[\ 0-9.]+% ]]
	refused "no CPU 60000" D nodecpustats --cpu 60000
	refused "'x' is not the number of a CPU" D nodecpustats --cpu x
}

@test "domxml-to-native: what start executes, and nothing is started" {
	define_guest vm
	before=$(store_hash "$ROOT")
	ok D domxml-to-native qemu-argv --domain vm
	same "$before" "$(store_hash "$ROOT")"
	text=$output
	has "# descriptor 6: $BATS_TEST_TMPDIR/vm.serial, listening" "$text"
	ok D start vm
	same "$(tr '\0' ' ' <"/proc/$(jq .pid "$(dom vm)/run/state")/cmdline")" \
		"$(sed "s|^/|printf '%s ' /|" <<<"$text" | bash)"
	ok D destroy vm
	ok D domxml-to-native qemu-argv "$BATS_TEST_TMPDIR/vm.xml"
	same "$(without_names <<<"$text")" "$(without_names <<<"$output")"
}

@test "domxml-to-native refuses what start would, and what is not said right" {
	define vm
	refused "need either domain or domain XML" D domxml-to-native qemu-argv
	refused "unknown format 'xen-xl'" D domxml-to-native xen-xl --domain vm
	sed "s|</devices>|<interface type='network'/></devices>|" "$BATS_TEST_TMPDIR/vm.xml" >"$BATS_TEST_TMPDIR/net.xml"
	refused "devices/interface" D domxml-to-native qemu-argv "$BATS_TEST_TMPDIR/net.xml"
	echo '<domain>' >"$BATS_TEST_TMPDIR/bad.xml"
	refused "" D domxml-to-native qemu-argv "$BATS_TEST_TMPDIR/bad.xml"
	refused "have no command line" "$DOMSH" -c test:///default domxml-to-native qemu-argv --domain test
	refused "read only access prevents" D -r domxml-to-native qemu-argv --domain vm
}
