# SPDX-License-Identifier: LGPL-2.1-or-later
# What the real QEMU is given: descriptors, environment, confinement, devices.

load helpers

# proc FILE: of the process of vm1.
proc()
{
	cat "/proc/$(pid)/$1"
}
pid()
{
	jq .pid "$(dom vm1)/run/state"
}
arguments()
{
	proc cmdline | tr '\0' '\n'
}

# with LINE…: vm1 with a guest disk, these lines put before </devices>, runs.
with()
{
	make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	MORE=$(printf '    %s\n' "$@")$'\n'
	tiny_xml vm1 "$BATS_TEST_TMPDIR/vm1.qcow2" >"$BATS_TEST_TMPDIR/vm1.xml"
	MORE=
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	ok D start vm1
}

@test "files and sockets are private whatever the umask" {
	umask 000
	define_guest vm1
	ok D start vm1
	same "" "$(find "$ROOT" -perm /077 ! -type l)"
	same $'ctl.qmp 600\nguard.qmp 600' "$(find "$(dom vm1)/run" -type s -printf '%f %m\n' | sort)"
	same 'vm1.serial 600' "$(find "$BATS_TEST_TMPDIR" -maxdepth 1 -name 'vm1.serial' -printf '%f %m\n')"
	same 700 "$(stat -c %a "$(dom vm1)/run")"
	ok D destroy vm1
}

@test "odd names and paths reach QEMU as they are" {
	name="o'd,d=\"%s & <x>"
	dir="$BATS_TEST_TMPDIR/d,i=r \"'%"
	mkdir "$dir"
	make_guest_disk "$dir/di,sk.qcow2"
	escaped=$(sed 's/&/\&amp;/g; s/</\&lt;/g' <<<"$name")
	tiny_xml NAME PATH | awk -v name="$escaped" -v path="$(sed "s/'/\&apos;/g" <<<"$dir/di,sk.qcow2")" '
		function put(key, value,   at) { at = index($0, key); if (at) $0 = substr($0, 1, at - 1) value substr($0, at + length(key)) }
		/<name>/ { put("NAME", name) } /file=/ { put("PATH", path) } { print }' >"$BATS_TEST_TMPDIR/odd.xml"
	ok D define "$BATS_TEST_TMPDIR/odd.xml"
	ok D start --domain "$name"
	guest_ask NAME w
	same "$name" "$(D -q domname "$(D -q domid --domain "$name")")"
	ok D snapshot-create-as --domain "$name" --name "$name"
	ok D managedsave --domain "$name"
	ok D start --domain "$name"
	guest_ask NAME i
	ok D destroy --domain "$name"
	has "o'd,d=" "$(qemu-img snapshot -l "$dir/di,sk.qcow2")"
}

@test "machines: pc and q35, with disks on virtio, sata and ide" {
	for machine in pc:virtio pc:ide pc:sata q35:virtio q35:sata; do
		make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
		MACHINE=${machine%:*} BUS=${machine#*:} tiny_xml vm1 "$BATS_TEST_TMPDIR/vm1.qcow2" >"$BATS_TEST_TMPDIR/vm1.xml"
		ok D define "$BATS_TEST_TMPDIR/vm1.xml"
		ok D start vm1
		line=$(guest_ask vm1 w)
		same "$(guest_number mem "$line")" "$(guest_number disk "$line")"
		ok D snapshot-create-as vm1 s1
		ok D managedsave vm1
		ok D start vm1
		line=$(guest_ask vm1 i)
		ok D destroy vm1
		ok D undefine vm1 --all-state --purge
	done
}

@test "a pinned machine does not change, and addresses stay where they were" {
	define_guest vm1
	ok D start vm1
	first=$(D -q dumpxml vm1)
	has "<address type='pci'" "$first"
	ok D destroy vm1
	ok D start vm1
	same "$(sed '1d' <<<"$first")" "$(D -q dumpxml vm1 | sed '1d')"
	has "$(sed -n "s/.*machine='\([^']*\)'.*/\1/p" <<<"$first")" "$(arguments)"
	ok D destroy vm1
}

@test "CD-ROMs, read-only disks, cache, discard and serial" {
	head -c 64K /dev/zero >"$BATS_TEST_TMPDIR/cd.iso"
	make_disk "$BATS_TEST_TMPDIR/ro.qcow2"
	with "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='$BATS_TEST_TMPDIR/cd.iso'/><target dev='hdc' bus='ide'/><readonly/></disk>" \
		"<disk type='file' device='cdrom'><target dev='hdd' bus='ide'/><readonly/></disk>" \
		"<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none' discard='unmap'/><source file='$BATS_TEST_TMPDIR/ro.qcow2'/><target dev='vdb' bus='virtio'/><readonly/><serial>S123</serial></disk>"
	guest_ask vm1 i
	for file in cd.iso ro.qcow2; do
		for fd in /proc/$(pid)/fd/*; do
			test "$(readlink "$fd")" != "$BATS_TEST_TMPDIR/$file" ||
				same 0 "$(($(sed -n 's/^flags:\t//p' "/proc/$(pid)/fdinfo/${fd##*/}") & 3))"
		done
	done
	has S123 "$(arguments)"
	has '"discard":"unmap"' "$(arguments)"
	has '"direct":true' "$(arguments)"
	ok D snapshot-create-as vm1 s1
	ok D destroy vm1
}

@test "network, rng, balloon, video and VNC on a socket" {
	with "<interface type='user'><model type='virtio'/></interface>" \
		"<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>" \
		"<memballoon model='virtio'/>" \
		"<video><model type='vga'/></video>" \
		"<graphics type='vnc'><listen type='socket' socket='$BATS_TEST_TMPDIR/vnc'/></graphics>"
	guest_ask vm1 i
	same 600 "$(stat -c %a "$BATS_TEST_TMPDIR/vnc")"
	same 'RFB 003.008' "$(perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Peer => shift) or die; sysread $s, my $t, 11; print $t' "$BATS_TEST_TMPDIR/vnc")"
	for device in virtio-net-pci virtio-rng-pci virtio-balloon-pci VGA; do
		has "$device" "$(arguments)"
	done
	has 'mac' "$(arguments)"
	ok D destroy vm1
}

@test "serial ports and consoles: pty, file, null" {
	with "<serial type='pty'/>" "<serial type='file'><source path='$BATS_TEST_TMPDIR/out'/></serial>" "<console type='null'/>" ||
		with "<serial type='pty'/>" "<serial type='file'><source path='$BATS_TEST_TMPDIR/out'/></serial>"
	guest_ask vm1 i
	path=$(D -q dumpxml vm1 | sed -n "s/.*<source path='\(\/dev\/pts\/[0-9]*\)'.*/\1/p" | head -1)
	test -c "$path"
	has_not /dev/pts "$(D -q dumpxml vm1 --inactive)"
	is_there "$BATS_TEST_TMPDIR/out"
	ok D destroy vm1
}

@test "CPU, topology, clock, boot order" {
	make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	tiny_xml vm1 "$BATS_TEST_TMPDIR/vm1.qcow2" |
		sed "s|<vcpu>1</vcpu>|<vcpu current='1'>2</vcpu>|; s|</os>|<boot dev='hd'/></os>|; s|</features>|<apic/></features><cpu mode='custom' match='exact' check='none'><model fallback='allow'>qemu64</model><topology sockets='1' dies='1' cores='2' threads='1'/><feature policy='disable' name='svm'/></cpu><clock offset='localtime'/>|" \
			>"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	ok D start vm1
	guest_ask vm1 i
	has qemu64 "$(arguments)"
	has svm=off "$(arguments)"
	has cores=2 "$(arguments)"
	has localtime "$(arguments)"
	ok D destroy vm1
}

@test "a kernel given directly" {
	kernel=$(ls /boot/vmlinuz-* 2>/dev/null | head -1) || true
	# QEMU reads it before the guest runs, so that anything with a kernel's header will do.
	if test -z "$kernel" -o ! -r "$kernel"; then
		kernel=$BATS_TEST_TMPDIR/kernel
		perl -e 'my $k = "\0" x 4096; substr($k, 0x1f1, 1) = "\1"; substr($k, 0x1fe, 2) = "\x55\xaa"; substr($k, 0x202, 6) = "HdrS\x06\x02"; substr($k, 0x211, 1) = "\1"; substr($k, 0x22c, 4) = "\xff\xff\xff\x37"; print $k' >"$kernel"
	fi
	: >"$BATS_TEST_TMPDIR/initrd"
	echo x >"$BATS_TEST_TMPDIR/initrd"
	tiny_xml vm1 | sed "s|</os>|<kernel>$kernel</kernel><initrd>$BATS_TEST_TMPDIR/initrd</initrd><cmdline>console=ttyS0,115200 a=b</cmdline></os>|" >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	ok D start vm1 --paused
	has "$kernel" "$(arguments)"
	has 'console=ttyS0,115200 a=b' "$(arguments)"
	ok D destroy vm1
}

@test "flash from an explicit loader, and variables beside it" {
	# QEMU's own BIOS can live in flash too, and boots the test guest.
	cp /usr/share/seabios/bios-256k.bin "$BATS_TEST_TMPDIR/code.fd"
	truncate -s 128K "$BATS_TEST_TMPDIR/vars.fd"
	make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	tiny_xml vm1 "$BATS_TEST_TMPDIR/vm1.qcow2" |
		sed "s|</os>|<loader readonly='yes' type='pflash'>$BATS_TEST_TMPDIR/code.fd</loader><nvram>$BATS_TEST_TMPDIR/vars.fd</nvram></os>|" >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	ok D start vm1
	guest_ask vm1 i
	has code.fd "$(arguments)"
	has vars.fd "$(arguments)"
	ok D destroy vm1
	refused 'cannot undefine domain with nvram' D undefine vm1
	ok D undefine vm1 --nvram
	is_gone "$BATS_TEST_TMPDIR/vars.fd"
	is_there "$(echo "$ROOT"/trash/*/nvram.fd)"
}

@test "UEFI starts where it is installed" {
	code=/usr/share/OVMF/OVMF_CODE_4M.fd vars=/usr/share/OVMF/OVMF_VARS_4M.fd
	if ! test -r $code; then
		echo "# the package ovmf is not installed: UEFI was not tried" >&3
		return
	fi
	cp $vars "$BATS_TEST_TMPDIR/vars.fd"
	MEMORY=128 MACHINE=q35 tiny_xml vm1 |
		sed "s|</os>|<loader readonly='yes' type='pflash'>$code</loader><nvram>$BATS_TEST_TMPDIR/vars.fd</nvram></os>|" >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	ok D start vm1
	# It writes to its variables.
	wait_for '! cmp -s $vars "$BATS_TEST_TMPDIR/vars.fd"' 20
	same running "$(state_of vm1)"
	ok D destroy vm1
}

@test "KVM where it is, and a clear word where it is not" {
	tiny_xml vm1 | sed "s/type='qemu'/type='kvm'/" >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	if test -w /dev/kvm; then
		ok D start vm1
		has kvm "$(arguments)"
		ok D destroy vm1
	else
		capture D start vm1
		same 1 "$status"
		has /dev/kvm "$stderr"
		same 'shut off' "$(state_of vm1)"
	fi
}

@test "a QEMU that says no is heard, and the log tells the rest" {
	with "<graphics type='vnc'><listen type='socket' socket='$BATS_TEST_TMPDIR/vnc'/></graphics>"
	ok D destroy vm1
	xml=$(D -q dumpxml vm1)
	ok D define /dev/stdin <<<"${xml/<vcpu>1</<vcpu>100000<}" || return 0
	capture D start vm1
	same 1 "$status"
	has 'CPU' "$stderr"
	same 'shut off' "$(state_of vm1)"
	is_gone "$(dom vm1)/intent"
}
