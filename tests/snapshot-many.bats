# SPDX-License-Identifier: LGPL-2.1-or-later
# Hundreds of snapshots below one, with names that together are more than any note of ours has room
# for (64 KiB): all or none of them go, also when the work is cut short.

bats_require_minimum_version 1.5.0
load helpers
load snapshots

long=$(printf '%0200d' 0)
last=1350
test -z "${DOMSH_LONG:-}" || last=2000
n=$((last - 1000))

# write_record NAME [PARENT]: in a file of that name, without what makes it long.
write_record()
{
	printf '<domainsnapshot><name>%s</name><state>shutoff</state>%s<creationTime>1700000000</creationTime>%s</domainsnapshot>\n' \
		"$1" "${2:+<parent><name>$2</name></parent>}" "$domain" >"$BATS_TEST_TMPDIR/xml/${1%%-*}"
}

# many: the record top, below it root, below that $n more.
many()
{
	local i
	off vm1
	domain=$(D -q dumpxml vm1)
	mkdir "$BATS_TEST_TMPDIR/xml"
	write_record top
	write_record root top
	for ((i = 1001; i <= last; i++)); do
		write_record "$i-$long" root
	done
	for i in top root $(seq 1001 "$last"); do
		echo "snapshot-create vm1 $BATS_TEST_TMPDIR/xml/$i --redefine"
	done | ok D -q
	rm -r "$BATS_TEST_TMPDIR/xml"
	same $((n + 2)) "$(D -q snapshot-list vm1 --name | wc -l)"
}

# cut_short COMMAND…: killed at a change about half way; the next writer finishes what was begun.
cut_short()
{
	DOMSH_FAULT=crash:$((3 * n / 2)) capture D "$@"
	same 137 "$status"
	is_there "$(dom vm1)/intent"
	ok D autostart vm1
	is_gone "$(dom vm1)/intent"
}

@test "hundreds of children: they go to the parent; a subtree goes whole; each cut short in its middle" {
	many
	cut_short snapshot-delete vm1 root --metadata
	same $((n + 1)) "$(D -q snapshot-list vm1 --name | wc -l)"
	same "$n" "$(D -q snapshot-list vm1 --from top --name | wc -l)"
	cut_short snapshot-delete vm1 top --children-only --metadata
	same top "$(names)"
	ok D snapshot-delete vm1 top --children --metadata
	same '' "$(names)"
}

@test "what went together can be taken back together, however much it was" {
	off vm1
	domain=$(D -q dumpxml vm1)
	mkdir "$BATS_TEST_TMPDIR/xml"
	write_record top
	for i in {1..25}; do
		write_record "c$i" top
	done
	for i in top c{1..25}; do
		echo "snapshot-create vm1 $BATS_TEST_TMPDIR/xml/$i --redefine"
	done | ok D -q
	ok D snapshot-delete vm1 top --children --metadata
	same '' "$(names)"
	ok D "desc vm1 --new-desc x --config; autostart vm1"
	same 26 "$(D --json trash-list vm1 | jq '[.[] | select(.what | startswith("snapshot"))] | length')"
}
