# SPDX-License-Identifier: LGPL-2.1-or-later
# test:///default and test:///FILE, by themselves and side by side with the system's virsh, whose
# driver of that name they stand in for. tests/README lists where they differ, and why. What both
# can do also runs with the shell linked to the system's libvirt.
bats_require_minimum_version 1.5.0
load helpers

setup()
{
	export TMPDIR=$BATS_TEST_TMPDIR/place
	mkdir "$TMPDIR"
	URI=test:///default
	here_xml=$BATS_TEST_TMPDIR/x1.xml
	full_xml x1 c7a5fdbd-edaf-9455-926a-d65c16db1809 >"$here_xml"
}

# Nothing may be left of a connection that was closed.
teardown()
{
	test -z "$(ls -A "$TMPDIR")" || { echo "left: $(ls -A "$TMPDIR")"; return 1; }
}

# full_xml NAME UUID: with everything that libvirt would add.
full_xml()
{
	cat <<-XML
		<domain type='test'>
		  <name>$1</name>
		  <uuid>$2</uuid>
		  <memory unit='KiB'>1024</memory>
		  <currentMemory unit='KiB'>1024</currentMemory>
		  <vcpu placement='static'>1</vcpu>
		  <os>
		    <type arch='i686'>hvm</type>
		    <boot dev='hd'/>
		  </os>
		  <clock offset='utc'/>
		  <on_poweroff>destroy</on_poweroff>
		  <on_reboot>restart</on_reboot>
		  <on_crash>destroy</on_crash>
		  <devices>
		  </devices>
		</domain>
	XML
}

# plain: without empty lines (virsh lacks a newline at some ends), times, and what is told beyond
# virsh's line.
plain()
{
	sed -E -e '/^$/d' \
		-e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} [+-][0-9]{4}/DATE/' \
		-e 's/(<creationTime>)[0-9]+/\1T/' \
		-e "/^It runs on as a transient domain/d; /brings it back$/d; /^Stays until /d; /^It goes on to take /d" \
		-e '/^(OS Type|CPU time|Security (model|DOI|label)): /d'
}

# theirs COMMANDS: virsh's output. Its managedsave may wait for ever for a job that is over; then
# once more.
theirs()
{
	local try status
	for try in 1 2 3 4 5 6 7 8; do
		status=0
		timeout -k 1 5 virsh -c "$URI" "$1" >"$BATS_TEST_TMPDIR/theirs" 2>/dev/null || status=$?
		test $status -ge 124 || break
	done
	test $status -lt 124
	plain <"$BATS_TEST_TMPDIR/theirs"
	echo "status $status"
}

# alike COMMANDS: both print the same and end with the same status.
alike()
{
	command -v virsh >/dev/null || skip "no virsh to compare with"
	capture "$DOMSH" -c "$URI" "$1"
	same "$(theirs "$1")" "$(plain <<<"$output"; echo "status $status")" || { echo "$stderr"; return 1; }
}

# --- side by side -----------------------------------------------------------------------------

# bats test_tags=peer
@test "lists are virsh's" {
	alike 'list; list --all; list --name; list --uuid; list --id; list --inactive; list --title'
	alike 'list --managed-save --all; list --name --all --persistent; list --transient'
}

# bats test_tags=peer
@test "the ways to name a domain are virsh's" {
	alike 'domid test; domuuid test; domname 1; domuuid 1; domid nope; domstate 1; uri'
	alike 'domname 6695eb01-f6a4-8304-79aa-97f2502e193f; dominfo nope; dominfo test'
}

# bats test_tags=peer
@test "the XML of test is virsh's, running and off" {
	alike 'dumpxml test; dumpxml test --inactive; destroy test; dumpxml test'
}

# bats test_tags=peer
@test "suspend, resume, shutdown, destroy and start are virsh's" {
	alike 'domstate test --reason; suspend test; domstate test --reason; resume test;
		domstate test --reason; resume test; dominfo test'
	alike 'shutdown test; domstate test --reason; shutdown test; start test; domstate test --reason;
		start test; list; domid test; destroy test; destroy test; domstate test --reason; list --all'
}

# bats test_tags=peer
@test "autostart is virsh's" {
	alike 'autostart test; dominfo test; list --autostart --name; autostart test --disable;
		list --autostart --name; list --no-autostart --name'
}

# bats test_tags=peer
@test "define, create and undefine are virsh's" {
	alike "define $here_xml; list --all; start x1; list; dumpxml x1; undefine x1;
		list --transient --name; dominfo x1; destroy x1; list --all"
	alike "create $here_xml; list; domid x1; define $here_xml; list --persistent --name;
		destroy x1; list --all; undefine x1; list --all"
	alike "create $here_xml; create $here_xml; destroy x1; list --all --name"
	alike 'undefine test; list --all --name; destroy test; list --all --name; undefine test'
}

@test "save and restore are virsh's" {
	local a=$BATS_TEST_TMPDIR/a b=$BATS_TEST_TMPDIR/b
	alike "save test $a; domstate test --reason; list --all; restore $a; list; domid test;
		domstate test --reason; restore $a; list"
	alike "restore $BATS_TEST_TMPDIR/nowhere; save nope $b; destroy test; save test $b; list --all;
		restore $b; save-image-dumpxml $b"
	test ! -e "$b"
}

@test "the XML in images, here" {
	local a=$BATS_TEST_TMPDIR/a
	capture env EDITOR="sed -i 's|<uuid>|<title>sub</title><uuid>|'" "$DOMSH" -q -c "$URI" \
		"managedsave test; managedsave-edit test; start test; desc test --title"
	same sub "$(tail -n 1 <<<"$output")"
	capture env EDITOR="sed -i 's|<uuid>|<title>sub</title><uuid>|'" "$DOMSH" -q -c "$URI" \
		"save test $a; save-image-edit $a; undefine test; restore $a; list --title"
	has sub "$output"
}

# bats test_tags=peer
@test "rename is virsh's" {
	alike "define $here_xml; domrename x1 x2; list --all --name; start x2; domrename x2 x3; list --all"
}

# bats test_tags=peer
@test "managed save is virsh's" {
	alike 'managedsave test; list --all --managed-save; dominfo test; start test; list --all;
		managedsave-remove test'
	alike 'managedsave test; domstate test --reason; undefine test; undefine test --managed-save;
		list --all'
	alike 'managedsave test; managedsave-remove test; start test; domstate test --reason'
	alike 'destroy test; managedsave test; dominfo test'
}

# bats test_tags=peer
@test "trees of snapshots are virsh's" {
	local make='snapshot-create-as test s1; snapshot-create-as test s2 --description two'
	alike "$make; snapshot-list test; snapshot-list test --tree; snapshot-list test --name;
		snapshot-list test --parent; snapshot-list test --roots --name;
		snapshot-list test --leaves --name; snapshot-list test --no-leaves --name;
		snapshot-current test --name; snapshot-info test s2; snapshot-parent test s2"
	alike "$make; snapshot-list test --from s1 --name; snapshot-list test --current --name;
		snapshot-list test --descendants --from s1 --name; snapshot-list test --internal --name;
		snapshot-list test --active --name; snapshot-list test --inactive --name;
		snapshot-list test --disk-only --name; snapshot-create-as test s1; snapshot-create-as test 7;
		snapshot-list test --tree"
	alike 'snapshot-create-as test a --print-xml; snapshot-list test; snapshot-current test'
}

# bats test_tags=peer
@test "snapshots are deleted as by virsh" {
	local make='snapshot-create-as test s1; snapshot-create-as test s2; snapshot-create-as test s3'
	alike "$make; snapshot-delete test s2; snapshot-list test --parent; snapshot-current test --name;
		snapshot-delete test s3; snapshot-current test --name; snapshot-delete test s1 --children;
		snapshot-list test"
	alike "$make; snapshot-delete test s1 --children-only; snapshot-list test --name;
		snapshot-current test --name; snapshot-delete test nope"
}

# bats test_tags=peer
@test "a snapshot is reverted to as by virsh" {
	alike 'snapshot-create-as test a; destroy test; snapshot-create-as test b; snapshot-list test;
		snapshot-revert test a; domstate test --reason; snapshot-current test --name;
		snapshot-revert test b; domstate test --reason; snapshot-revert test nope'
	alike 'suspend test; snapshot-create-as test p; destroy test; snapshot-revert test p;
		domstate test --reason; snapshot-list test'
}

# bats test_tags=peer
@test "snapshots stand in the way of undefine as in virsh" {
	alike 'snapshot-create-as test a; undefine test; list; destroy test; list --all'
	alike 'snapshot-create-as test a; destroy test; undefine test; list --all;
		undefine test --snapshots-metadata; list --all'
}

# bats test_tags=peer
@test "a node file opens as in virsh" {
	local file=$BATS_TEST_TMPDIR/node.xml state
	URI=test://$file
	for state in 1 2 3 4 7; do
		cat >"$file" <<-XML
			<node>
			  <cpu><nodes>2</nodes></cpu>
			  <domain file='x1.xml'/>
			  <domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
			    <test:runstate>$state</test:runstate>
			    <test:transient/>
			    <name>b</name>
			    <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1810</uuid>
			    <memory>1024</memory>
			    <os><type>hvm</type></os>
			  </domain>
			  <domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
			    <test:runstate>5</test:runstate>
			    <test:hasmanagedsave/>
			    <test:domainsnapshot>
			      <name>s1</name><state>running</state><creationTime>5</creationTime>
			      <active>0</active>
			    </test:domainsnapshot>
			    <test:domainsnapshot>
			      <name>s2</name><parent><name>s1</name></parent><state>shutoff</state>
			      <creationTime>6</creationTime><active>1</active>
			    </test:domainsnapshot>
			    <name>c</name>
			    <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1811</uuid>
			    <memory>1024</memory>
			    <os><type>hvm</type></os>
			  </domain>
			  <network><name>default</name></network>
			</node>
		XML
		alike 'list --all; uri; domstate x1 --reason; domstate b --reason; dominfo c;
			list --transient --name; snapshot-list c --tree; snapshot-current c --name;
			snapshot-info c s2; dumpxml x1; list --all --managed-save'
	done
}

# --- by itself --------------------------------------------------------------------------------

@test "a transient domain is not undefined" {
	run -1 --separate-stderr "$DOMSH" -c "$URI" "create $here_xml; undefine x1"
	has 'cannot undefine transient domain' "$stderr"
}

@test "what was paused is resumed paused" {
	ok D -q 'managedsave test --paused; start test; domstate test'
	same paused "${output//[$'\n']/}"
	ok D -q 'suspend test; managedsave test; start test; domstate test'
	same paused "${output//[$'\n']/}"
}

@test "undefine can be taken back, snapshots and all" {
	ok D -q 'snapshot-create-as test a; destroy test; undefine test --snapshots-metadata;
		trash-restore test; snapshot-revert test a; domstate test; snapshot-list test --name'
	same 'running a' "$(xargs <<<"$output")"
}

@test "a file that is none, or is not a node, is an error that names it" {
	local file=$BATS_TEST_TMPDIR/n.xml
	refuses() # MESSAGE, and the file on stdin
	{
		cat >"$file"
		capture "$DOMSH" -c "test://$file" list
		test "$status" = 1 || failing 'this should have been refused' list || return 1
		has "'$file'" "$stderr"
		has "$1" "$stderr"
	}
	local ns="xmlns:test='http://libvirt.org/schemas/domain/test/1.0'"
	local rest='<name>a</name><memory>1</memory><os><type>hvm</type></os></domain></node>'
	refuses 'XML error' <<<'<node>'
	refuses "expecting root element of 'node', not 'domain'" <"$here_xml"
	refuses 'domain 1: the domain has no <memory>' <<<"<node><domain type='test'/></node>"
	refuses "runstate '9' out of range" <<<"<node><domain type='test' $ns><test:runstate>9</test:runstate>$rest"
	refuses "invalid runstate 'x'" <<<"<node><domain type='test' $ns><test:runstate>x</test:runstate>$rest"
	refuses 'cannot have runstate' <<<"<node><domain type='test' $ns><test:runstate>5</test:runstate><test:transient/>$rest"
	refuses 'can only have runstate' <<<"<node><domain type='test' $ns><test:hasmanagedsave/>$rest"
	refuses '@type' <<<"<node><domain type='kvm'>$rest"
	refuses 'No such file' <<<"<node><domain file='absent.xml'/></node>"
	rm "$file"
	run -1 --separate-stderr "$DOMSH" -c "test://$file" list
	has "'$file': No such file" "$stderr"
}

@test "a URI without a path is an error with the way out" {
	for uri in test:/// test:default test://host/default test:; do
		run -1 --separate-stderr "$DOMSH" -c "$uri" list
		has 'use test:///default or test:///path/FILE.xml' "$stderr"
	done
}

@test "what a killed process left is swept by the next one" {
	mkfifo "$BATS_TEST_TMPDIR/commands"
	"$DOMSH" -c "$URI" <"$BATS_TEST_TMPDIR/commands" >"$BATS_TEST_TMPDIR/out" &
	exec 8>"$BATS_TEST_TMPDIR/commands"
	echo list >&8
	wait_for 'grep -q running "$BATS_TEST_TMPDIR/out"'
	is_there "$TMPDIR/domsh-test.$!.1"
	# One that is in use stays.
	ok D list
	is_there "$TMPDIR/domsh-test.$!.1"
	kill -KILL $!
	wait $! || true
	exec 8>&-
	is_there "$TMPDIR/domsh-test.$!.1"
	ok D list
	is_gone "$TMPDIR/domsh-test.$!.1"
}

@test "a list costs less than three million instructions, and no libxml2" {
	test -z "${SAN:-}" || skip "valgrind cannot run what is built with a sanitizer"
	valgrind --tool=callgrind --callgrind-out-file="$BATS_TEST_TMPDIR/callgrind" "$DOMSH" -c "$URI" list \
		>/dev/null 2>"$BATS_TEST_TMPDIR/count"
	count=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/count")
	echo "$count instructions"
	test "$count" -lt 3000000
	run -0 env LD_DEBUG=files "$DOMSH" -c "$URI" list
	has_not libxml2 "$output"
}
