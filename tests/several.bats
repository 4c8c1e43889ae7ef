# SPDX-License-Identifier: LGPL-2.1-or-later
# Several domains in one command: words, patterns, what is decided before the first is touched.

load helpers

# define_off NAME…: domains without devices.
define_off()
{
	local name
	for name; do
		cat >"$BATS_TEST_TMPDIR/off.xml" <<-XML
			<domain type='qemu'><name>$name</name><memory unit='MiB'>16</memory><vcpu>1</vcpu>
			<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>
		XML
		ok D define "$BATS_TEST_TMPDIR/off.xml"
	done
}

# now NAME…: the states, blank between.
now()
{
	local name states=
	for name; do
		states+=" $(state_of "$name")"
	done
	echo "${states# }"
}

@test "words and patterns: each domain once, in the order of the words and of the names" {
	define_off web2 web1 db
	ok D -q domstate web2 db
	same $'web2: shut off\ndb: shut off' "$output"
	ok D -q domstate db 'web*' web1
	same $'db: shut off\nweb1: shut off\nweb2: shut off' "$output"
	# A pattern names the domain even if there is but one.
	ok D -q domid 'd?'
	same 'db: -' "$output"
	ok D -q domid db
	same - "$output"
	ok D -q domname '*'
	same $'db\nweb1\nweb2' "$output"
	ok D -q domuuid '[!w]*'
	has 'db: ' "$output"
	ok D -q domstate --domain web1 db
	same $'web1: shut off\ndb: shut off' "$output"
	refused 'option --domain already seen' D domstate web1 --domain db
	# Quotes in the shell's own language as in any other.
	ok D -q "domname 'web*'"
	same $'web1\nweb2' "$output"
}

@test "a name that looks like a pattern is a name first" {
	define_off 'a*' abc 'a[b' gr端
	ok D -q domname 'a*'
	same 'a*' "$output"
	ok D -q domname 'a**'
	same $'a*\na[b\nabc' "$output"
	ok D -q domname 'a[b'
	same 'a[b' "$output"
	ok D -q domname 'gr?'
	same gr端 "$output"
	LC_ALL=C ok D -q domname 'gr?'
	refused "no domain matches 'gr??'; nothing was done" D domname 'gr??'
}

@test "one word that names nothing, and nothing is done" {
	define_off vm1 vm2
	refused "error: failed to get domain 'vm3'" D autostart vm1 vm3
	refused "error: no domain that is defined matches 'x*'; nothing was done" D autostart vm1 'x*'
	refused "error: no domain that is on matches '*'; nothing was done" D destroy '*'
	refused "error: no domain that is paused matches 'vm*'" D resume 'vm*'
	ok D autostart 'vm*'
	same $'vm1\nvm2' "$(D -q list --all --autostart --name)"
	ok D autostart --disable vm2 vm1
	same '' "$(D -q list --all --autostart --name)"
	# Commands that take one take one.
	refused "error: unexpected data 'vm2'" D dumpxml vm1 vm2
	refused "error: failed to get domain 'vm*'" D dumpxml 'vm*'
}

@test "undefine: one is refused, and none is touched" {
	define_off vm1 vm2 vm3
	ok D protect vm2
	refused '1 of 3 domains refused; nothing was done to any of them' D undefine 'vm*'
	has "error: Failed to undefine domain 'vm2'" "$stderr"
	has 'protect --off takes the protection off' "$stderr"
	refused "failed to get domain 'vda'" D undefine vm1 vda
	refused '1 of 2 domains refused' D --json undefine vm1 vm2
	same '"vm2"' "$(sed -n 1p <<<"$stderr" | jq -c .error.domain)"
	same null "$(sed -n 2p <<<"$stderr" | jq -c .error.domain)"
	ok D undefine vm1 vm3 --dry-run
	has vm3: "$output"
	ok D -q list --all --name
	same $'vm1\nvm2\nvm3' "$output"
	ok D undefine vm1 nosuch 'x*' vm3 --if-exists
	has "There is no domain 'nosuch'" "$output"
	has "There is no domain 'x*'" "$output"
	same vm2 "$(D -q list --all --name)"
	ok D trash-restore vm1
}

@test "a failure is told and the others go on; --strict stops" {
	define_off vm1 vm2 vm3
	ok D start vm2 --paused
	capture D start vm1 vm2 vm3 --paused
	same 1 "$status"
	same "error: 'vm2': Domain is already active" "$stderr"
	same $'Domain \'vm1\' started\nDomain \'vm3\' started' "$output"
	ok D destroy vm1 vm3
	capture D --strict start vm1 vm2 vm3 --paused
	same 1 "$status"
	same 'paused paused shut off' "$(now vm1 vm2 vm3)"
	# A pattern means those that the command can act on.
	ok D start 'vm*' --paused
	same "Domain 'vm3' started" "${output%$'\n'}"
	ok D resume 'vm*'
	ok D suspend 'vm[12]'
	same 'paused paused running' "$(now vm1 vm2 vm3)"
	ok D managedsave vm1 vm2
	same $'vm1\nvm2' "$(D -q list --all --with-managed-save --name)"
	ok D managedsave-remove '*'
	ok D destroy '*'
	same 'shut off shut off shut off' "$(now vm1 vm2 vm3)"
}

@test "JSON: a document for each domain, in a line" {
	define_off vm1 vm2
	ok D --json domstate 'vm*'
	same 'vm1 vm2' "$(jq -r .domain <<<"$output" | paste -sd ' ')"
	same 2 "$(wc -l <<<"$output")"
	ok D --json autostart vm1 vm2
	same '["vm1","autostart"] ["vm2","autostart"]' \
		"$(jq -c '[.domain, .done]' <<<"$output" | paste -sd ' ')"
	capture D --json destroy vm1 vm2
	same 1 "$status"
	same 'vm1 vm2' "$(jq -r .error.domain <<<"$stderr" | paste -sd ' ')"
	ok D --json domstats 'vm?'
	same 2 "$(jq length <<<"$output")"
}

@test "a bare word after the first domain that is a mode is a mode, as in virsh" {
	define_off acpi vm1
	ok D start acpi vm1
	ok D shutdown vm1 acpi
	same running "$(state_of acpi)"
	refused 'option --mode already seen' D reboot acpi vm1 acpi --mode acpi
	ok D destroy acpi vm1
}

@test "shutdown --wait: when it returns the guest is off; all are asked first" {
	define_guest vm1
	define_guest vm2
	ok D start vm1 vm2
	guest_ask vm1 i
	guest_ask vm2 i
	ok D shutdown vm1 vm2 --wait --timeout 30
	same 'shut off shut off' "$(now vm1 vm2)"
	has $'being shutdown\nDomain \'vm2\' is being shutdown\nDomain \'vm1\' is shut off' "$output"
	is_gone "$(dom vm1)/run"
	refused 'Option --wait is required by option --timeout' D shutdown vm1 --timeout 3
	refused 'Option --timeout is required by option --then-destroy' \
		D shutdown vm1 --wait --then-destroy
}

@test "shutdown --wait: a guest that does not care" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 n
	capture D shutdown vm1 --wait --timeout 1
	same 1 "$status"
	has "did not shut down in 1 s and still runs" "$stderr"
	has "'destroy vm1'" "$stderr"
	same running "$(state_of vm1)"
	ok D --json shutdown vm1 --wait --timeout 1 --then-destroy
	same '{"domain":"vm1","done":"shutdown","destroyed":true}' "$output"
	same 'shut off (destroyed)' "$(D -q domstate vm1 --reason)"
	# A transient domain is gone then, and that is off.
	make_guest_disk "$BATS_TEST_TMPDIR/t.qcow2"
	tiny_xml t "$BATS_TEST_TMPDIR/t.qcow2" >"$BATS_TEST_TMPDIR/t.xml"
	ok D create "$BATS_TEST_TMPDIR/t.xml"
	guest_ask t i
	ok D shutdown t --wait --timeout 30
	refused 'failed to get domain' D domstate t
}
