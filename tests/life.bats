# SPDX-License-Identifier: LGPL-2.1-or-later
# The life of a guest: create, start, pause, stop, and its own end.

load helpers

invalid='error: Requested operation is not valid:'

field()
{
	jq -r ".$2" "$(dom "$1")/run/state"
}

@test "start: a real guest runs, with an id, and its end leaves nothing of the run" {
	define_guest vm1
	same - "$(D -q domid vm1)"
	same 'shut off' "$(state_of vm1)"
	ok D start vm1
	same "Domain 'vm1' started" "${output%$'\n'}"
	same 'running (booted)' "$(D -q domstate vm1 --reason)"
	same 1 "$(D -q domid vm1)"
	same vm1 "$(D -q domname 1)"
	has "<domain type='qemu' id='1'>" "$(D dumpxml vm1)"
	has_not " id=" "$(D dumpxml vm1 --inactive | head -1)"
	guest_ask vm1 i
	refused 'Domain is already active' D start vm1
	ok D destroy vm1
	same "Domain 'vm1' destroyed" "${output%$'\n'}"
	same 'shut off (destroyed)' "$(D -q domstate vm1 --reason)"
	for file in run live.xml intent; do
		is_gone "$(dom vm1)/$file"
	done
	same destroyed "$(jq -r .reason "$(dom vm1)/last-run")"
	refused "$invalid domain is not running" D destroy vm1
	ok D start vm1
	same 2 "$(D -q domid vm1)"
	ok D destroy vm1 --graceful
	same 'shut off' "$(state_of vm1)"
}

@test "paused: start, suspend, resume, and what needs which" {
	define_guest vm1
	ok D start vm1 --paused
	same paused "$(state_of vm1)"
	refused "$invalid domain is not running" D shutdown vm1
	ok D suspend vm1
	ok D resume vm1
	same running "$(state_of vm1)"
	guest_ask vm1 i
	refused "$invalid domain is already running" D resume vm1
	ok D suspend vm1
	same 'paused (user)' "$(D -q domstate vm1 --reason)"
	ok D destroy vm1
	for command in suspend resume shutdown; do
		refused "$invalid domain is not running" D $command vm1
	done
}

@test "a state that a command made is what the next one sees, each time" {
	define_guest vm1
	ok D start vm1
	for n in {1..10}; do
		same paused "$(D -q 'suspend vm1; domstate vm1' | tail -1)"
		same running "$(D -q 'resume vm1; domstate vm1' | tail -1)"
	done
	same 'shut off' "$(D -q 'destroy vm1; domstate vm1' | tail -1)"
}

@test "shutdown asks; the guest decides" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 i n || true
	ok D shutdown vm1
	same "Domain 'vm1' is being shutdown" "${output%$'\n'}"
	guest_ask vm1 n
	wait_for 'test ! -e "$(dom vm1)/run"'
	same 'shut off (shutdown)' "$(D -q domstate vm1 --reason)"
	same shutdown "$(jq -r .reason "$(dom vm1)/last-run")"
	refused "domain is not running" D shutdown vm1 --mode agent
}

@test "its own power off, a reset, a kill of QEMU" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 p || true
	wait_for 'test ! -e "$(dom vm1)/run"'
	same 'shut off (shutdown)' "$(D -q domstate vm1 --reason)"
	ok D start vm1
	guest_ask vm1 i r || true
	guest_ask vm1 i
	same running "$(state_of vm1)"
	kill -SEGV "$(field vm1 pid)"
	wait_for 'test ! -e "$(dom vm1)/run"'
	same 'shut off (crashed)' "$(D -q domstate vm1 --reason)"
	ok D start vm1
	kill -KILL "$(field vm1 pid)"
	wait_for 'test ! -e "$(dom vm1)/run"'
	# Nothing tells who killed it.
	same 'shut off (unknown)' "$(D -q domstate vm1 --reason)"
	ok D start vm1
	ok D destroy vm1
}

@test "the guard killed: the guest runs on, unsupervised, until a writer gives it another" {
	define_guest vm1
	ok D start vm1
	pid=$(field vm1 pid)
	guard=$(ps -o ppid= -p "$pid" | tr -d ' ')
	kill -KILL "$guard"
	wait_for 'test "$(D -q domstate vm1 --reason)" = "running (booted, unsupervised)"'
	guest_ask vm1 i
	ok D suspend vm1
	same 'paused (user)' "$(D -q domstate vm1 --reason)"
	ok D resume vm1
	same 'running (unpaused)' "$(D -q domstate vm1 --reason)"
	same "$pid" "$(field vm1 pid)"
	guest_ask vm1 p || true
	wait_for 'test ! -e "$(dom vm1)/run"'
	same 'shut off (shutdown)' "$(D -q domstate vm1 --reason)"
}

@test "create: transient, and gone with its end; with records it goes into the trash" {
	make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	tiny_xml vm1 "$BATS_TEST_TMPDIR/vm1.qcow2" >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D create "$BATS_TEST_TMPDIR/vm1.xml"
	same "Domain 'vm1' created from $BATS_TEST_TMPDIR/vm1.xml" "${output%$'\n'}"
	has 'Persistent:     no' "$(D dominfo vm1)"
	refused "cannot set autostart for transient domain 'vm1'" D autostart vm1
	refused "$invalid " D domrename vm1 vm2
	ok D destroy vm1
	is_gone "$(dom vm1)"
	same "" "$(ls "$ROOT/trash")"
	refused 'failed to get domain' D domstate vm1
	ok D create "$BATS_TEST_TMPDIR/vm1.xml" --paused
	same paused "$(state_of vm1)"
	ok D resume vm1
	ok D snapshot-create-as vm1 s1
	guest_ask vm1 p || true
	wait_for 'test ! -e "$(dom vm1)"'
	same 1 "$(D -q trash-list vm1 | wc -l)"
	ok D trash-restore vm1
	same 'shut off' "$(state_of vm1)"
	same s1 "$(D -q snapshot-list vm1 --name)"
}

@test "create: over what exists" {
	define_guest vm1
	xml=$(D -q dumpxml vm1)
	ok D create /dev/stdin <<<"${xml/<vcpu>1</<vcpu>2<}"
	has '<vcpu>2<' "$(D dumpxml vm1)"
	has '<vcpu>1<' "$(D dumpxml vm1 --inactive)"
	has 'Persistent:     yes' "$(D dominfo vm1)"
	capture D create /dev/stdin <<<"$xml"
	same 1 "$status"
	has "$invalid" "$stderr"
	ok D destroy vm1
	same 'shut off' "$(state_of vm1)"
	has '<vcpu>1<' "$(D dumpxml vm1)"
	uuid=$(D -q domuuid vm1)
	refused "error: operation failed: domain 'vm1' already exists with uuid $uuid" \
		D create /dev/stdin <<<"${xml/$uuid/11111111-2222-3333-4444-555555555555}"
	refused "error: operation failed: domain 'vm1' already exists with uuid $uuid" \
		D create /dev/stdin <<<"${xml/<name>vm1</<name>other<}"
	is_gone "$(dom other)"
}

@test "create and start that fail leave nothing" {
	tiny_xml vm1 "$BATS_TEST_TMPDIR/nowhere.qcow2" >"$BATS_TEST_TMPDIR/vm1.xml"
	refused_create=$(D create "$BATS_TEST_TMPDIR/vm1.xml" 2>&1) && return 1
	has nowhere.qcow2 "$refused_create"
	is_gone "$(dom vm1)"
	same "" "$(ls -A "$ROOT/staging")"
	make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	MORE="    <graphics type='vnc' socket='/nowhere/at/all'/>
" tiny_xml vm1 "$BATS_TEST_TMPDIR/vm1.qcow2" | sed "s|<graphics type='vnc' socket='\(.*\)'/>|<graphics type='vnc'><listen type='socket' socket='\1'/></graphics>|" \
		>"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	capture D start vm1
	same 1 "$status"
	same 'shut off' "$(state_of vm1)"
	for file in run live.xml intent; do
		is_gone "$(dom vm1)/$file"
	done
	same "" "$(processes_of "$ROOT")"
}

@test "autostart is a mark" {
	define vm1
	ok D autostart vm1
	same "Domain 'vm1' marked as autostarted" "${output%$'\n'}"
	is_there "$(dom vm1)/autostart"
	has 'Autostart:      enable' "$(D dominfo vm1)"
	same vm1 "$(D -q list --all --name --autostart)"
	ok D autostart vm1 --disable
	is_gone "$(dom vm1)/autostart"
	same vm1 "$(D -q list --all --name --no-autostart)"
	same "" "$(D -q list --all --name --autostart)"
}

@test "lists: who runs, who is off, who is transient" {
	define_guest vm1
	define_guest vm2
	define vm3
	ok D undefine vm2
	ok D create "$BATS_TEST_TMPDIR/vm2.xml"
	ok D start vm1 --paused
	same $'vm2\nvm1' "$(D -q list --name)"
	same vm3 "$(D -q list --name --inactive)"
	same $'vm2\nvm1\nvm3' "$(D -q list --name --all)"
	same vm2 "$(D -q list --name --transient)"
	same $'vm1\nvm3' "$(D -q list --name --all --persistent)"
	same vm1 "$(D -q list --name --state-paused)"
	same vm2 "$(D -q list --name --state-running)"
	same '1 vm2 running,2 vm1 paused,- vm3 shut off,' "$(D -q list --all | sed 's/  */ /g; s/^ //; s/ $//' | tr '\n' ,)"
	ok D destroy vm1
	ok D destroy vm2
}

# flash NAME [TEMPLATE]: a domain whose firmware is the BIOS in flash, beside variables of its own.
flash()
{
	cp /usr/share/seabios/bios-256k.bin "$BATS_TEST_TMPDIR/code.fd"
	make_guest_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	tiny_xml "$1" "$BATS_TEST_TMPDIR/$1.qcow2" |
		sed "s|</os>|<loader readonly='yes' type='pflash'>$BATS_TEST_TMPDIR/code.fd</loader>${2:+<nvram template='$2'/>}</os>|" \
			>"$BATS_TEST_TMPDIR/$1.xml"
	ok D define "$BATS_TEST_TMPDIR/$1.xml"
}

# variables FILE: what they begin with.
variables()
{
	head -c 5 "$1"
}

@test "--reset-nvram: variables as their template has them, and the old ones can be taken back" {
	template=$BATS_TEST_TMPDIR/vars.fd nvram=$(dom vm1)/nvram.fd
	{ printf fresh; head -c $((128 * 1024 - 5)) /dev/zero; } >"$template"
	flash vm1 "$template"
	ok D start vm1 --reset-nvram
	guest_ask vm1 i
	ok D destroy vm1
	same fresh "$(variables "$nvram")"
	printf changed | dd of="$nvram" conv=notrunc status=none
	# What does not start has not touched them.
	mv "$template" "$template.away"
	refused "there is nothing to make the firmware variables from: '$template'" D start vm1 --reset-nvram
	mv "$template.away" "$template"
	truncate -s 1 "$BATS_TEST_TMPDIR/code.fd"
	capture D start vm1 --reset-nvram
	same 1 "$status"
	same chang "$(variables "$nvram")"
	same '' "$(cd "$(dom vm1)" && ls -d intent nvram.fd.* run run.* old/*nvram 2>/dev/null)"
	cp /usr/share/seabios/bios-256k.bin "$BATS_TEST_TMPDIR/code.fd"
	ok D start vm1
	ok D managedsave vm1
	refused 'the saved memory belongs to the firmware variables as they are' D start vm1 --reset-nvram
	ok D start vm1
	ok D destroy vm1
	same chang "$(variables "$nvram")"
	ok D start vm1 --reset-nvram
	guest_ask vm1 i
	ok D destroy vm1
	same fresh "$(variables "$nvram")"
	id=$(D --json trash-list vm1 | jq -r '.[] | select(.what | test("nvram")) | .id')
	ok D trash-restore "$id"
	same chang "$(variables "$nvram")"
	# Over it as a transient guest, too.
	D -q dumpxml vm1 >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D create "$BATS_TEST_TMPDIR/vm1.xml" --reset-nvram
	ok D destroy vm1
	same fresh "$(variables "$nvram")"
}

@test "--reset-nvram: refused where the variables are somebody else's, or have no template" {
	template=$BATS_TEST_TMPDIR/vars.fd
	truncate -s 128K "$template"
	flash vm1 "$template"
	sed "s|<nvram.*/>|<nvram>$template</nvram>|; s|<name>|<uuid>$(D -q domuuid vm1)</uuid>&|" "$BATS_TEST_TMPDIR/vm1.xml" >"$BATS_TEST_TMPDIR/out.xml"
	ok D define "$BATS_TEST_TMPDIR/out.xml"
	refused "the firmware variables are in '$template', outside of the domain" D start vm1 --reset-nvram
	refused 'outside of the domain' D create "$BATS_TEST_TMPDIR/out.xml" --reset-nvram
	ok D undefine vm1 --keep-nvram
	flash vm2
	refused 'no template is named' D start vm2 --reset-nvram
	# Of a guest without such there is nothing to be made.
	define vm3
	ok D start vm3 --reset-nvram
	ok D destroy vm3
}
