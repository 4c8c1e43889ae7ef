# SPDX-License-Identifier: LGPL-2.1-or-later
# Define: what a domain is made from, and what a new definition leaves alone.

load helpers

failed='error: operation failed:'

@test "a new domain: its directory, private, under its name and its uuid" {
	umask 000
	define vm1
	same "Domain 'vm1' defined from $BATS_TEST_TMPDIR/vm1.xml" "${output%$'\n'}"
	uuid=$(D -q domuuid vm1)
	same vm1 "$(D -q domname "$uuid")"
	same ../domains/vm1 "$(readlink "$ROOT/by-uuid/$uuid")"
	same $'domain.xml\nlock\nold' "$(ls "$(dom vm1)")"
	same "" "$(find "$ROOT" -perm /077 ! -type l)"
	same "" "$(ls -A "$ROOT/staging")"
}

@test "what was not understood is kept, and machine, MAC and addresses are pinned" {
	tiny_xml vm1 /nowhere.qcow2 | sed "s|</devices>|  <interface type='user'/><future kind='x'>y</future></devices><!-- mine -->|; s|<vcpu>|<metadata><my:x xmlns:my='urn:x'>1</my:x></metadata><vcpu>|" \
		>"$BATS_TEST_TMPDIR/vm1.xml"
	ok D -q define "$BATS_TEST_TMPDIR/vm1.xml"
	ok D dumpxml vm1
	has "<future kind='x'>y</future>" "$output"
	has '<!-- mine -->' "$output"
	has "<my:x xmlns:my='urn:x'>1</my:x>" "$output"
	has "machine='pc-i440fx-" "$output"
	has "<mac address='52:54:00:" "$output"
	# Given back, it is the same again.
	before=$(store_hash "$(dom vm1)")
	ok D -q define /dev/stdin <<<"$output"
	same "$before" "$(store_hash "$(dom vm1)")"
}

@test "a redefinition keeps what it does not speak of, and the one before is in old/" {
	make_disk "$BATS_TEST_TMPDIR/disk.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/disk.qcow2"
	ok D snapshot-create-as vm1 base
	ok D autostart vm1
	echo variables >"$(dom vm1)/nvram.fd"
	xml=$(D -q dumpxml vm1)
	ok D define /dev/stdin <<<"${xml/<vcpu>1</<vcpu>2<}"
	has '<vcpu>2<' "$(D dumpxml vm1)"
	same base "$(D -q snapshot-list vm1 --name)"
	is_there "$(dom vm1)/autostart"
	is_there "$(dom vm1)/nvram.fd"
	same "$xml" "$(cat "$(dom vm1)"/old/*~config)"
	ok D trash-restore "$(D -q --json trash-list vm1 | jq -r '.[0].id')"
	same "$xml" "$(D -q dumpxml vm1)"
}

@test "name and uuid: each belongs to one domain" {
	define vm1
	uuid=$(D -q domuuid vm1)
	refused "$failed domain 'vm1' already exists with uuid $uuid" D define "$BATS_TEST_TMPDIR/vm1.xml"
	xml=$(D -q dumpxml vm1)
	refused "$failed domain 'vm1' already exists with uuid $uuid" D define /dev/stdin <<<"${xml/$uuid/11111111-2222-3333-4444-555555555555}"
	refused "$failed domain 'vm1' already exists with uuid $uuid" D define /dev/stdin <<<"${xml/<name>vm1</<name>vm2<}"
	xml=${xml/$uuid/${uuid^^}}
	ok D define /dev/stdin <<<"$xml"
	same vm1 "$(D -q list --all --name)"
	# A link that points nowhere does not keep a uuid.
	ok D undefine vm1
	ok D define /dev/stdin <<<"${xml/<name>vm1</<name>vm2<}"
	same vm2 "$(D -q domname "$uuid")"
	refused "domain 'vm2' already exists with uuid ${uuid^^}" D trash-restore vm1
}

@test "while it runs, a definition is for the next start" {
	define_guest vm1
	ok D start vm1
	xml=$(D -q dumpxml vm1 --inactive)
	ok D define /dev/stdin <<<"${xml/<vcpu>1</<vcpu>2<}"
	has '<vcpu>1<' "$(D dumpxml vm1)"
	has '<vcpu>2<' "$(D dumpxml vm1 --inactive)"
	ok D destroy vm1
	ok D start vm1
	has '<vcpu>2<' "$(D dumpxml vm1)"
	ok D destroy vm1
}

@test "standard input, and passwords that only those who ask are shown" {
	ok D define - <<<"$(tiny_xml vm1)"
	tiny_xml vm2 | sed "s|</devices>|<graphics type='vnc' passwd='secret'/></devices>|" >"$BATS_TEST_TMPDIR/vm2.xml"
	ok D -q define "$BATS_TEST_TMPDIR/vm2.xml"
	has_not secret "$(D dumpxml vm2)"
	has secret "$(D dumpxml vm2 --security-info)"
}

@test "killed or failing at any point: the domain is the old one or the new one" {
	define vm1
	xml=$(D -q dumpxml vm1)
	old=$(sha256sum <"$(dom vm1)/domain.xml")
	for ((n = 1; n < 60; n++)); do
		for fault in crash eio; do
			vcpus=$((10 + 2 * n + (${#fault} > 3)))
			capture env DOMSH_FAULT=$fault:$n "$DOMSH" -c "$URI" define /dev/stdin <<<"${xml/<vcpu>1</<vcpu>$vcpus<}"
			now=$(sha256sum <"$(dom vm1)/domain.xml")
			test "$status" != 0 || test "$now" != "$old"
			has '</domain>' "$(D dumpxml vm1)"
			old=$now
		done
		case $stderr in *'DOMSH_FAULT fired'*) ;; *) break ;; esac
	done
	test "$n" -gt 5 -a "$n" -lt 60
	same vm1 "$(D -q list --all --name)"
	ok D autostart vm1
	same "" "$(find "$(dom vm1)" -name '*new~*')"
}

@test "a definition that start would refuse says so, and start says what to write" {
	tiny_xml vm >"$BATS_TEST_TMPDIR/vm.xml"
	sed -i "s|<name>vm</name>|&<uuid>5e8f0a1c-0000-4000-8000-000000000001</uuid>|" "$BATS_TEST_TMPDIR/vm.xml"
	sed -i "s|</devices>|<interface type='network'><source network='default'/></interface></devices>|" "$BATS_TEST_TMPDIR/vm.xml"
	capture D define "$BATS_TEST_TMPDIR/vm.xml"
	same 0 "$status"
	same "'start vm' will refuse: devices/interface network; <interface type='user'> needs no network of the host: domsh edit vm" "$stderr"
	ok D -q define "$BATS_TEST_TMPDIR/vm.xml"
	ok D --json define "$BATS_TEST_TMPDIR/vm.xml"
	for command in "start vm" "define $BATS_TEST_TMPDIR/vm.xml --validate"; do
		# shellcheck disable=SC2086
		refused "<interface type='user'> needs no network of the host: domsh edit vm" D $command
		has devices/interface "$stderr"
	done
	sed -i "s|type='network'><source network='default'/>|type='user'>|" "$BATS_TEST_TMPDIR/vm.xml"
	ok D define "$BATS_TEST_TMPDIR/vm.xml"
}
