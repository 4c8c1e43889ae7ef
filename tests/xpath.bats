# SPDX-License-Identifier: LGPL-2.1-or-later
# --xpath and --wrap of the commands that print XML: as virsh prints it, and what it cannot do.

load helpers

T()
{
	"$DOMSH" -c test:///default "$@"
}

# alike EXPRESSION [--wrap]: virsh selects the same of the same domain.
alike()
{
	ok T -q dumpxml test --xpath "$@"
	same "$(virsh -q -c test:///default dumpxml test --xpath "$@")" "$output"
}

@test "what is selected is printed as virsh prints it" {
	command -v virsh >/dev/null || skip "no virsh to compare with"
	alike //memory
	alike '//@*'
	alike '//vcpu/text()'
	alike //devices
	alike '//memory | //vcpu/text()' --wrap
	alike //disk --wrap
	alike //@unit --wrap
	alike //nope
	alike //nope --wrap
}

@test "values, prefixes that the XML declares, JSON" {
	ok T -q dumpxml test --xpath 'count(//disk)'
	same 1 "$output"
	ok T -q dumpxml test --xpath 'string(//memory)' --wrap
	same '<nodes>8388608</nodes>' "$output"
	ok T --json dumpxml test --xpath //vcpu
	same 'test|<vcpu placement="static">2</vcpu>' "$(jq -r '.domain + "|" + .xml' <<<"$output")"
	tiny_xml vm1 | sed "s|<devices>|<metadata><o:a xmlns:o='urn:o' b='gr\xc3\xbc\&lt;'/></metadata>&|" \
		>"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	ok D -q dumpxml vm1 --xpath '//o:a/@b'
	same $' b="gr\xc3\xbc&lt;"' "$output"
	ok D dumpxml vm1 --wrap
	has '<domain type=' "$output"
}

@test "expressions that are none" {
	define vm1
	refused "error: invalid argument: incorrect xpath '//[': invalid expression" D dumpxml vm1 --xpath '//['
	refused "incorrect xpath '//x:y': undefined namespace prefix" D dumpxml vm1 --xpath //x:y
	refused "incorrect xpath" D dumpxml vm1 --xpath 'nofunction()'
	refused "cannot be printed" D dumpxml vm1 --xpath '//namespace::*'
	refused "Option argument is empty" D dumpxml vm1 --xpath ''
	refused "unexpected data '//a'" D dumpxml vm1 //a
	long=$(printf '(%.0s' {1..20000})
	refused "incorrect xpath" D dumpxml vm1 --xpath "$long"
}

@test "snapshots and saved memory" {
	define_guest vm1
	ok D start vm1 --paused
	ok D snapshot-create-as vm1 s1
	ok D -q snapshot-dumpxml vm1 s1 --xpath /domainsnapshot/name
	same '<name>s1</name>' "$output"
	ok D managedsave vm1
	ok D -q managedsave-dumpxml vm1 --xpath 'string(/domain/name)'
	same vm1 "$output"
	ok D -q save-image-dumpxml "$(dom vm1)/managed-save" --xpath /domain/vcpu --wrap
	same $'<nodes>\n  <vcpu>1</vcpu>\n</nodes>' "$output"
	refused "incorrect xpath" D save-image-dumpxml "$(dom vm1)/managed-save" --xpath '['
}

@test "--migratable has what a save image has; --update-cpu of a CPU that is not known is refused" {
	more="<graphics type='vnc' port='5911' passwd='sesame'/>"
	MORE=$more tiny_xml vm1 >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D -q define "$BATS_TEST_TMPDIR/vm1.xml"
	ok D dumpxml vm1 --migratable
	has sesame "$output"
	ok D dumpxml vm1
	has_not sesame "$output"
	refused 'read only access prevents' D -r dumpxml vm1 --migratable
	ok D dumpxml vm1 --update-cpu
	has '<vcpu>1</vcpu>' "$output"
	ok D undefine vm1
	sed -i 's|<devices>|<cpu mode="host-model"/>&|' "$BATS_TEST_TMPDIR/vm1.xml"
	ok D -q define "$BATS_TEST_TMPDIR/vm1.xml"
	refused 'spelled out when the guest starts' D dumpxml vm1 --update-cpu
}
