# SPDX-License-Identifier: LGPL-2.1-or-later
# What stands in the way of undefine: each fact, on a domain that is off and on one that runs in
# real QEMU, without and with the option that names it, and with all the others. A refusal leaves
# every byte of the store; what is allowed goes whole into the trash, at once or at the guest's end.

load helpers

others='--managed-save --snapshots-metadata --checkpoints-metadata --nvram --tpm'

# --- facts: each is put into the directory of vm1 ----------------------------------------------

record()
{
	mkdir -p -m 700 "$(dom vm1)/$1"
	printf '%s\n' "$3" >"$(dom vm1)/$1/$2.xml"
}

put_nothing() { :; }
put_snapshot()
{
	record snapshots s1 "<domainsnapshot><name>s1</name><state>shutoff</state><creationTime>1</creationTime></domainsnapshot>"
	ln -s s1/ "$(dom vm1)/snapshots/current"
}
put_broken() { record snapshots torn '<domainsnapshot'; }
put_external()
{
	record snapshots e1 "<domainsnapshot><name>e1</name><state>shutoff</state><creationTime>1</creationTime>
		<disks><disk name='vda' snapshot='external' type='file'><source file='/x.e1'/></disk></disks></domainsnapshot>"
}
put_checkpoint() { record checkpoints c1 '<domaincheckpoint><name>c1</name></domaincheckpoint>'; }
put_image() { echo memory >"$(dom vm1)/managed-save"; }
put_nvram() { echo variables >"$(dom vm1)/nvram.fd"; }
put_tpm()
{
	mkdir -m 700 "$(dom vm1)/tpm"
	echo secret >"$(dom vm1)/tpm/state"
}
put_protection() { touch "$(dom vm1)/protected"; }
put_autostart() { touch "$(dom vm1)/autostart"; }
put_intent()
{
	echo '{"v":1,"op":"teleport","run_id":"x","time":1,"pid":1,"steps_done":0,"args":{}}' >"$(dom vm1)/intent"
}

# --- where it is ------------------------------------------------------------------------------

cells=0
teardown()
{
	ROOT=$BATS_TEST_TMPDIR/cells
	leave_nothing
}

# domain STATE FACT: vm1, off or running (its CPUs stopped, which is neither here nor there), with
# that fact and nothing else, in a store of its own.
domain()
{
	cells=$((cells + 1))
	ROOT=$BATS_TEST_TMPDIR/cells/$cells
	URI="qemu:///embed?root=$ROOT"
	mkdir -p "${ROOT%/*}"
	define vm1
	uuid=$(D -q domuuid vm1)
	test "$1" = off || ok D start vm1 --paused
	"put_$2"
}

# belongings DIR: a line for each file that is the domain's, with its content; without its run and
# what only says how it came to be undefined.
belongings()
{
	store_list "$1" | grep -vE '^\./(run|old)(/| )|^[0-9a-f]+  \./run/|(\./| )(lock|domain\.xml|undefined\.xml|tombstone|live\.xml|last-run|autostart|keep)( |$)|^\. ' |
		sed 's/ d$/ d /'
}

trash_entry()
{
	local found=("$ROOT"/trash/*)
	test ${#found[@]} = 1 -a -d "${found[0]}" || { printf 'in the trash: %s\n' "${found[@]}" >&2; return 1; }
	echo "${found[0]}"
}

# --- cells ------------------------------------------------------------------------------------

# refuses STATE PHRASE FACT [OPTION…]
refuses()
{
	domain "$1" "$3"
	refused "error: Requested operation is not valid: $2" D undefine vm1 "${@:4}"
	has 'nothing was changed' "$stderr"
	at_end "$1"
}

# goes STATE FACT [OPTION…]: it is undefined, and all that was its is in the trash in the end.
goes()
{
	local before
	domain "$1" "$2"
	before=$(belongings "$(dom vm1)")
	ok D undefine vm1 "${@:3}"
	if test "$1" = running; then
		is_gone "$(dom vm1)/domain.xml"
		is_there "$(dom vm1)/undefined.xml"
		same paused "$(state_of vm1)"
		has 'Persistent:     no' "$(D dominfo vm1)"
		same "$before" "$(belongings "$(dom vm1)")"
		ok D destroy vm1
	fi
	is_gone "$(dom vm1)"
	same "$before" "$(belongings "$(trash_entry)"; kept)"
}

# kept: what is kept of it, as belongings would say it.
kept()
{
	test ! -e "$ROOT/kept/$uuid" || belongings "$ROOT/kept/$uuid"
}

# After a refusal the guest runs as before; it is ended for the next cell.
at_end()
{
	test "$1" = running || return 0
	same paused "$(state_of vm1)"
	rm -f "$(dom vm1)"/{protected,intent,managed-save}
	ok D destroy vm1
}

# guarded PHRASE FACT OPTION…: off, it is refused without any of these options, whatever else is
# named; with each of them it goes.
guarded()
{
	local phrase=$1 fact=$2 rest=$others option
	shift 2
	for option; do
		rest=$(tr ' ' '\n' <<<"$rest" | grep -vxe "$option" -e "${option/keep-/}" | paste -sd ' ')
	done
	refuses off "$phrase" "$fact"
	# shellcheck disable=SC2086
	refuses off "$phrase" "$fact" $rest
	for option; do
		goes off "$fact" "$option"
	done
}

# kept_while_running FACT [OPTION…]: no guard; it stays until the guest ends, then it goes too.
kept_while_running()
{
	goes running "$1"
	test $# = 1 || goes running "$@"
}

@test "nothing in the way" {
	goes off nothing
	# shellcheck disable=SC2086
	goes off nothing $others
	kept_while_running nothing --snapshots-metadata --checkpoints-metadata --managed-save --nvram
}

@test "snapshot records" {
	guarded 'cannot delete inactive domain with 1 snapshots' snapshot --snapshots-metadata
	kept_while_running snapshot --snapshots-metadata
}

@test "snapshot records that cannot be read" {
	guarded 'cannot delete inactive domain with 1 snapshots' broken --snapshots-metadata
	kept_while_running broken
}

@test "external snapshots: the way out is to forget them one by one" {
	refuses off 'cannot delete inactive domain with 1 snapshots;' external
	# shellcheck disable=SC2086
	refuses off 'cannot delete inactive domain with 1 snapshots of external kind;' external $others
	has 'snapshot-delete --metadata' "$stderr"
	ok D snapshot-delete vm1 e1 --metadata
	ok D undefine vm1
	kept_while_running external --snapshots-metadata
}

@test "checkpoint records" {
	guarded 'cannot delete inactive domain with 1 checkpoints' checkpoint --checkpoints-metadata
	kept_while_running checkpoint --checkpoints-metadata
}

@test "managed save image" {
	guarded 'Refusing to undefine while domain managed save image exists' image --managed-save
	# Beside a guest that runs there can be none. If there is, nobody knows whose it is.
	phrase='a managed save image exists although the domain runs'
	refuses running "$phrase" image
	# shellcheck disable=SC2086
	refuses running "$phrase" image $others
}

@test "NVRAM" {
	guarded 'cannot undefine domain with nvram' nvram --nvram --keep-nvram
	refuses running 'cannot undefine domain with nvram' nvram
	refuses running 'cannot undefine domain with nvram' nvram --snapshots-metadata --tpm --managed-save
	goes running nvram --nvram
	goes running nvram --keep-nvram
	same "./nvram.fd" "$(kept | grep -o '\./nvram.fd' | uniq)"
}

@test "TPM state: no guard" {
	goes off tpm
	goes off tpm --tpm
	goes off tpm --keep-tpm
	is_there "$ROOT/kept/$uuid/tpm/state"
	goes running tpm
	goes running tpm --keep-tpm
	is_there "$ROOT/kept/$uuid/tpm/state"
}

@test "autostart: no guard, and gone with the definition" {
	goes off autostart
	goes running autostart
}

@test "protection" {
	for state in off running; do
		refuses $state 'domain is protected against deletion' protection
		# shellcheck disable=SC2086
		refuses $state 'domain is protected against deletion' protection $others
	done
}

@test "unfinished work that nobody understands" {
	for state in off running; do
		refuses $state 'domain has unfinished work that is not clear' intent
		# shellcheck disable=SC2086
		refuses $state 'domain has unfinished work that is not clear' intent $others
	done
}

@test "transient: never" {
	tiny_xml vm1 >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D create "$BATS_TEST_TMPDIR/vm1.xml" --paused
	refused 'cannot undefine transient domain' D undefine vm1
	# shellcheck disable=SC2086
	refused 'cannot undefine transient domain' D undefine vm1 $others
	ok D destroy vm1
}

@test "storage is not for a guest that runs" {
	make_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	ok D start vm1 --paused
	for option in '--storage vda' --remove-all-storage; do
		# shellcheck disable=SC2086
		refused error: D undefine vm1 $option
	done
	is_there "$BATS_TEST_TMPDIR/vm1.qcow2"
	ok D destroy vm1
}
