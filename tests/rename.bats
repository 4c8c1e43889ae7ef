# SPDX-License-Identifier: LGPL-2.1-or-later
# domrename: one rename, and all goes along.

load helpers

invalid='error: Requested operation is not valid:'

@test "an inactive domain with all that it has" {
	make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	uuid=$(D -q domuuid vm1)
	ok D snapshot-create-as vm1 base
	ok D autostart vm1
	ok D domrename vm1 'other name'
	same 'Domain successfully renamed' "${output%$'\n'}"
	same 'other name' "$(D -q list --all --name)"
	same 'other name' "$(D -q domname "$uuid")"
	has '<name>other name</name>' "$(D dumpxml 'other name')"
	same base "$(D -q snapshot-current 'other name' --name)"
	is_there "$ROOT/domains/other name/autostart"
	refused 'failed to get domain' D domstate vm1
	ok D start 'other name'
	ok D destroy 'other name'
	ok D snapshot-revert 'other name' base
	has '<name>other name</name>' "$(D dumpxml 'other name')"
	define vm1
}

@test "what is refused" {
	define vm1
	define vm2
	refused "$invalid domain 'vm2' already exists" D domrename vm1 vm2
	refused "$invalid" D domrename vm1 vm1
	refused 'error: XML error:' D domrename vm1 a/b
	refused "requires" D domrename vm1
	make_guest_disk "$BATS_TEST_TMPDIR/vm3.qcow2"
	define vm3 "$BATS_TEST_TMPDIR/vm3.qcow2"
	ok D start vm3
	capture D domrename vm3 vm4
	same 1 "$status"
	has "$invalid domain is running" "$stderr"
	ok D managedsave vm3
	refused "$invalid a domain with a managed save image cannot be renamed" D domrename vm3 vm4
	same $'vm1\nvm2\nvm3' "$(D -q list --all --name)"
}

@test "killed or failing at any point: it has one name or the other" {
	define vm1
	uuid=$(D -q domuuid vm1)
	name=vm1
	for ((n = 1; n < 60; n++)); do
		for fault in crash eio; do
			other=$(test $name = vm1 && echo vm2 || echo vm1)
			capture env DOMSH_FAULT=$fault:$n "$DOMSH" -c "$URI" domrename $name $other
			now=$(D -q list --all --name)
			case $now in
			vm1 | vm2) ;;
			*) failing "neither one nor the other: $now" D domrename ;;
			esac
			test "$status" != 0 || same "$other" "$now"
			same "$now" "$(D -q domname "$uuid")"
			has "<name>$now</name>" "$(D dumpxml "$now")"
			name=$now
		done
		case $stderr in *'DOMSH_FAULT fired'*) ;; *) break ;; esac
	done
	test "$n" -gt 3 -a "$n" -lt 60
}
