#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Commands that look closer at domains and guests, and those on a guest's buttons and screen.

load helpers

vnc_guest()
{
	make_guest_disk "$BATS_TEST_TMPDIR/g.qcow2"
	MORE="<graphics type='vnc'><listen type='socket'/></graphics><video><model type='vga'/></video>
	<interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/></interface>
	<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>
	" define g "$BATS_TEST_TMPDIR/g.qcow2"
}

editor()
{
	printf '#!/bin/sh\n%s\n' "$1" >"$BATS_TEST_TMPDIR/editor"
	chmod 755 "$BATS_TEST_TMPDIR/editor"
	export EDITOR=$BATS_TEST_TMPDIR/editor TMPDIR=$BATS_TEST_TMPDIR
	unset VISUAL
}

no_drafts()
{
	test -z "$(find "$BATS_TEST_TMPDIR" -name 'domsh??????.xml')"
}

# is_kept TEXT: the one draft has it, is named, and goes now.
is_kept()
{
	local draft
	draft=$(echo "$BATS_TEST_TMPDIR"/domsh??????.xml)
	has "The edited text is kept in '$draft'" "$stderr" && same "$1" "$(tr -d '\0' <"$draft")" && rm "$draft"
}

# --- the host ---------------------------------------------------------------------------------

@test "hostname, version, nodeinfo and maxvcpus tell of the host" {
	ok D -q hostname
	has "$(hostname)" "$output"
	ok D -q version
	has "Using API: QEMU 9.0.0" "$output"
	[[ $output =~ "Running hypervisor: QEMU "[0-9]+\.[0-9]+\.[0-9]+$ ]]
	ok D -q version --daemon
	has "Running against daemon: 9.0.0" "$output"
	ok D -q nodeinfo
	has "CPU model:           $(uname -m)" "$output"
	has "CPU(s):              $(nproc --all)" "$output"
	[[ $output =~ "Memory size:         "[0-9]+" KiB"$ ]]
	ok D -q maxvcpus qemu
	same 255 "$output"
	refused "unknown type 'foo'" D maxvcpus --type foo
	is_gone "$ROOT"
}

@test "their JSON" {
	ok D --json nodeinfo
	has '"cpu_model":"' "$output"
	ok D --json version
	has '"library":"libvirt 9.0.0"' "$output"
}

# --- devices ----------------------------------------------------------------------------------

@test "domblklist and domiflist" {
	vnc_guest
	ok D domblklist g
	same " Target   Source
$(printf '%*s' $((25 + ${#BATS_TEST_TMPDIR})) '' | tr ' ' -)
 vda      $BATS_TEST_TMPDIR/g.qcow2
 hdc      -" "$(sed 's/^-*$/'"$(printf '%*s' $((25 + ${#BATS_TEST_TMPDIR})) '' | tr ' ' -)"'/; /^$/d' <<<"$output")"
	ok D -q domblklist g --details
	same " file   disk    vda   $BATS_TEST_TMPDIR/g.qcow2
 file   cdrom   hdc   -" "$output"
	ok D -q domiflist g
	same " -   user   -   virtio   52:54:00:11:22:33" "$output"
	ok D --json domiflist g --inactive
	same '[{"interface":null,"type":"user","source":null,"model":"virtio","mac":"52:54:00:11:22:33"}]' "$output"
}

@test "domblkinfo has the sizes of qcow2 and raw disks" {
	vnc_guest
	ok D -q domblkinfo g vda
	has "Capacity:       4194304" "$output"
	has "Physical:       $(stat -c %s "$BATS_TEST_TMPDIR/g.qcow2")" "$output"
	ok D -q domblkinfo g "$BATS_TEST_TMPDIR/g.qcow2" --human
	has "Capacity:       4.000 MiB" "$output"
	ok D --json domblkinfo g --all
	has '{"target":"hdc","capacity":null,"allocation":null,"physical":null}' "$output"
	refused "does not currently have a source assigned" D domblkinfo g hdc
	refused "has no disk 'vdz'" D domblkinfo g vdz
	refused "requires <device> option" D domblkinfo g
	truncate -s 1M "$BATS_TEST_TMPDIR/raw"
	tiny_xml r "$BATS_TEST_TMPDIR/raw" | sed s/qcow2/raw/ >"$BATS_TEST_TMPDIR/r.xml"
	ok D define "$BATS_TEST_TMPDIR/r.xml"
	ok D -q domblkinfo r vda
	same "Capacity:       1048576
Allocation:     0
Physical:       1048576" "$output"
	rm "$BATS_TEST_TMPDIR/raw"
	refused "No such file" D domblkinfo r vda
}

@test "displays and terminals" {
	vnc_guest
	refused "Domain is not running" D vncdisplay g
	ok D start g
	ok D -q vncdisplay g
	same "$(dom g)/run/vnc.sock" "$output"
	test -S "$output"
	same "RFB 003.008" "$(perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Peer => shift) or die $!; sysread $s, $_, 12; print' "$output")"
	ok D -q domdisplay g
	same "vnc+unix://$(dom g)/run/vnc.sock" "$output"
	refused "No graphical display with type 'spice' found" D domdisplay g --type spice
	refused "on no terminal" D ttyconsole g
	ok D destroy g
	tiny_xml p | sed "/<serial/,/<\/serial>/c <console type='pty'/>" >"$BATS_TEST_TMPDIR/p.xml"
	ok D define "$BATS_TEST_TMPDIR/p.xml"
	ok D start p
	ok D -q ttyconsole p
	test -c "$output"
	refused "Failed to get VNC port" D vncdisplay p
	ok D destroy p
	# Refusals are read by others than those who may read the XML.
	D dumpxml g | sed "s/<graphics type='vnc'/& passwd='hushhushhush'/" >"$BATS_TEST_TMPDIR/secret.xml"
	refused 'devices/graphics/@passwd' D define --validate "$BATS_TEST_TMPDIR/secret.xml"
	has_not hush "$stderr"
}

# --- notes ------------------------------------------------------------------------------------

@test "desc and its title" {
	define g
	ok D desc g
	has "No description for domain: g" "$output"
	ok D desc g it serves mail
	has "Domain description updated successfully" "$output"
	ok D -q desc g
	same "it serves mail" "$output"
	ok D desc g --title 'mail <1>'
	ok D -q list --all --title
	has "mail <1>" "$output"
	ok D -q dumpxml g
	has "<title>mail &lt;1&gt;</title>" "$output"
	refused "can't contain newlines" D desc g --title $'a\nb'
	refused "XML error" D desc g $'bell \a'
	refused "domain is not running" D desc g --live x
	refused "read only access prevents virDomainSetMetadata" D -r desc g x
	ok D desc g ''
	ok D --json desc g
	same '{"domain":"g","description":null}' "$output"
}

@test "a note of a running guest and of its configuration" {
	define g
	ok D start g
	ok D desc g alive
	ok D desc g stored --config
	ok D -q desc g
	same alive "$output"
	ok D -q desc g --config
	same stored "$output"
	ok D desc g both --live --config
	ok D destroy g
	ok D -q desc g
	same both "$output"
}

@test "metadata keeps other programs' XML" {
	define g
	refused "metadata not found" D metadata g http://x.org
	ok D metadata g http://x.org --key k --set '<a b="1"><c>t &amp; u</c></a>'
	ok D -q dumpxml g
	has "<k:a xmlns:k='http://x.org' b='1'>" "$output"
	ok D -q metadata g http://x.org
	same "<a b='1'>
  <c>t &amp; u</c>
</a>" "$output"
	ok D metadata g http://x.org --key k --set '<z/>'
	ok D -q metadata g http://x.org
	same "<z/>" "$output"
	refused "cannot be the prefix" D metadata g http://x.org --key '1"' --set '<z/>'
	refused "XML error" D metadata g http://x.org --key k --set '<z>'
	ok D metadata g http://x.org --remove
	refused "metadata not found" D metadata g http://x.org
	ok D -q dumpxml g
	has_not metadata "$output"
}

# --- editing ----------------------------------------------------------------------------------

@test "edit defines what the editor leaves" {
	define g
	editor 'test "$(stat -c %a "$1")" = 600 && sed -i "s,<vcpu>1,<vcpu>2," "$1"'
	ok D edit g
	has "Domain 'g' XML configuration edited." "$output"
	ok D -q dumpxml g
	has "<vcpu>2</vcpu>" "$output"
	editor :
	ok D edit g
	has "not changed" "$output"
	no_drafts
	EDITOR="sed -i 's,2</vcpu>,3</vcpu>,'" ok D edit g
	ok D -q dumpxml g
	has "<vcpu>3</vcpu>" "$output"
}

@test "edit: an editor that fails changes nothing, a refused text is kept" {
	define g
	editor 'echo rubbish >"$1"; exit 3'
	refused "failed with status 3" D edit g
	is_kept rubbish
	editor 'echo rubbish >"$1"; kill -9 $$'
	refused "was killed" D edit g
	is_kept rubbish
	editor 'printf "a\0b" >"$1"'
	refused "it contains a NUL byte" D edit g
	is_kept ab
	editor 'echo rubbish >"$1"'
	refused "The edited text is kept in '$BATS_TEST_TMPDIR/domsh" D edit g
	same rubbish "$(cat "$BATS_TEST_TMPDIR"/domsh??????.xml)"
	rm "$BATS_TEST_TMPDIR"/domsh??????.xml
	editor 'kill -9 $$'
	refused "was killed" D edit g
	EDITOR=/nonexistent/editor refused "failed with status 127" D edit g
	editor 'rm "$1"'
	refused "Failed to read back" D edit g
	TMPDIR=/nonexistent refused "Failed to create temporary file" D edit g
	editor 'sed -i s/pc-i440fx/pc-nonsense/ "$1"'
	no_drafts
	refused "read only access" D -r edit g
}

@test "edit does not overwrite what somebody else has changed meanwhile" {
	define g
	editor '"$DOMSH" -c "$URI" desc g theirs >/dev/null; sed -i "s,<vcpu>1,<vcpu>2," "$1"'
	export DOMSH URI
	capture D edit g
	test "$status" = 1
	has "was changed by somebody else meanwhile" "$stderr"
	ok D -q dumpxml g
	has "<vcpu>1</vcpu>" "$output"
	has "theirs" "$output"
}

@test "desc --edit" {
	define g
	editor 'echo edited >"$1"'
	ok D desc g --edit --title
	ok D -q desc g --title
	same edited "$output"
}

# --- guests -----------------------------------------------------------------------------------

@test "reset and reboot bring the guest up again" {
	vnc_guest
	refused "domain is not running" D reset g
	refused "domain is not running" D reboot g
	ok D start g
	guest_ask g w
	# Asked for: on a busy machine the letter may have been given twice.
	written=$(guest_ask g i)
	ok D reset g
	guest_ask g i # it is up again, and feels its power button
	ok D reboot g
	has "Domain 'g' is being rebooted" "$output"
	wait_for '! test -e "$(dom g)/run/reboot"'
	wait_for 'test "$(state_of g)" = running'
	has "${written#mem=???????? }" "$(guest_ask g i)"
	ok D -q domid g
	same 1 "$output"
	ok D suspend g
	refused "resume it first" D reboot g
	ok D resume g
	wait_for 'D qemu-monitor-command g --hmp info status | grep -q running'
	ok D shutdown g
	ok D await g domain-inactive --timeout 20
	same "shut off" "$(state_of g)"
}

@test "shutdown takes back a reboot that has not come" {
	define g
	ok D start g
	ok D reboot g
	is_there "$(dom g)/run/reboot"
	ok D shutdown g
	is_gone "$(dom g)/run/reboot"
	ok D destroy g
}

@test "keys, NMI, screen" {
	vnc_guest
	refused "domain is not running" D send-key g KEY_A
	ok D start g
	guest_ask g i
	# The guest's firmware starts anew then, and its count of ticks with it.
	wait_for 'test "$(guest_number mem "$(guest_ask g i)")" -gt 20'
	ok D send-key g KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE
	wait_for 'test "$(guest_number mem "$(guest_ask g i)")" -lt 20'
	ok D send-key g --codeset qnum --holdtime 1 0x1e 31
	refused "invalid keycode: 'KEY_NONSENSE'" D send-key g KEY_NONSENSE
	capture D send-key g 255
	has "no key has the code 255" "$stderr"
	refused "too many keycodes" D send-key g 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
	ok D inject-nmi g
	cd "$BATS_TEST_TMPDIR"
	ok D screenshot g shot.png
	has "Screenshot saved to shot.png, with type of image/png" "$output"
	same "$(printf '\211PNG')" "$(head -c 4 shot.png)"
	same 600 "$(stat -c %a shot.png)"
	ok D screenshot g
	ls g-20??-*.png
	refused "cannot create file /nonexistent/a: " D screenshot g /nonexistent/a
	refused "error: cannot write file /dev/full: No space left on device" D screenshot g /dev/full
	ok D destroy g
}

@test "qemu-monitor-command" {
	define g
	ok D start g
	ok D -q qemu-monitor-command g '{"execute":"query-status"}' --return-value
	has '"status":"running"' "$output"
	ok D -q qemu-monitor-command g '{"execute":"nonsense"}'
	has '{"error":{"class":"CommandNotFound"' "$output"
	capture D qemu-monitor-command g '{"execute":"nonsense"}' --return-value
	test "$status" = 1
	ok D -q qemu-monitor-command g --hmp info status
	same "VM status: running" "$output"
	ok D -q qemu-monitor-command g '{"execute":' '"query-status"}' --pretty
	has '"running": true' "$output"
	capture D qemu-monitor-command g nonsense
	has "not a command of QEMU's protocol" "$stderr"
	capture D -r qemu-monitor-command g '{"execute":"quit"}'
	has "read only access" "$stderr"
	ok D destroy g
}

@test "domcontrol, domjobinfo, domjobabort, domstats" {
	define g
	refused "domain is not running" D domcontrol g
	refused "domain is not running" D domjobinfo g
	ok D -q domstats g --state
	same "Domain: 'g'
  state.state=5
  state.reason=0" "$output"
	ok D start g
	ok D -q domcontrol g
	same ok "$output"
	ok D -q domjobinfo g
	same "Job type:         None" "$output"
	capture D domjobabort g
	has "no job is active" "$stderr"
	ok D -q domstats --list-running --vcpu --balloon
	same "Domain: 'g'
  balloon.current=32768
  balloon.maximum=32768
  vcpu.current=1
  vcpu.maximum=1" "$output"
	ok D --json domstats nothing-like-it --state || has "failed to get domain" "$stderr"
	ok D destroy g
}

@test "await" {
	define g
	ok D await g domain-inactive
	ok D start g
	capture D await g domain-inactive --timeout 1
	test "$status" = 1
	has "Timed out waiting" "$stderr"
	(sleep 0.3; D destroy g) >/dev/null &
	ok D await g --condition domain-inactive --timeout 20
	wait
	refused "domain is not running" D await g guest-agent-available
}

@test "the XML in save images" {
	vnc_guest
	refused "does not have managed save image" D managedsave-dumpxml g
	ok D start g
	guest_ask g i
	ok D managedsave g
	ok D -q managedsave-dumpxml g
	has "<name>g</name>" "$output"
	cp "$(dom g)/managed-save" "$BATS_TEST_TMPDIR/copy"
	ok D -q save-image-dumpxml "$BATS_TEST_TMPDIR/copy"
	has "<name>g</name>" "$output"
	refused "not a save image" D save-image-dumpxml /etc/passwd
	refused "read only access" D -r save-image-dumpxml "$BATS_TEST_TMPDIR/copy"
}

# --- protection and doctor --------------------------------------------------------------------

@test "protect refuses undefine until it is taken off" {
	define g
	ok D protect g
	refused "protect --off takes the protection off" D undefine g --all-state
	refused "read only access" D -r protect g --off
	ok D protect g --off
	ok D undefine g
}

@test "doctor finds what is out of step and changes nothing" {
	ok D doctor
	define g
	ok D doctor
	has "All is well" "$output"
	ok D --json doctor g
	same "[]" "$output"
	mkdir -m 700 "$(dom g)/snapshots"
	echo rubbish >"$(dom g)/snapshots/s.xml"
	echo '{"v":1,"op":"rename","run_id":"","time":1,"pid":1,"steps_done":0,"args":{}}' >"$(dom g)/intent"
	rm -f "$ROOT"/by-uuid/*
	refused "" D doctor
	has "the record of snapshot 's' cannot be read" "$output"
	has "'rename' was not finished" "$output"
	has "the index has nothing under its uuid" "$output"
	refused "" D --json doctor g
	has '"finding":"record"' "$output"
	echo '<domain>' >"$(dom g)/domain.xml"
	refused "" D doctor g
	has "domain.xml cannot be used" "$output"
	rm -rf "$(dom g)"
}

@test "a job is seen from outside, and ended" {
	vnc_guest
	ok D start g
	guest_ask g i
	DOMSH_FAULT=stop@qmp-migrate "$DOMSH" -c "$URI" managedsave g >"$BATS_TEST_TMPDIR/out" 2>&1 &
	local job=$!
	wait_for 'grep -q "^State:.*stopped" /proc/$job/status'
	ok D -q domcontrol g
	same occupied "$output"
	echo '{"v":1,"op":"save","started":1,"done":1048576,"total":3145728,"unit":"bytes","phase":"memory"}' >"$(dom g)/run/job"
	ok D -q domcontrol g
	same "background job" "$output"
	ok D -q domjobinfo g
	has "Job type:         Unbounded" "$output"
	has "Operation:        Save" "$output"
	has "Data processed:   1.000 MiB" "$output"
	has "Data remaining:   2.000 MiB" "$output"
	ok D --json domjobinfo g
	has '"data_total":3145728' "$output"
	ok D domjobabort g
	is_there "$(dom g)/run/cancel"
	# So small a memory may be written before the wish is seen: then the save has won.
	kill -CONT $job
	if wait $job; then
		same "shut off" "$(state_of g)"
	else
		has "Failed to save domain 'g' state" "$(<"$BATS_TEST_TMPDIR/out")"
		same running "$(state_of g)"
		ok D destroy g
	fi
}
