# SPDX-License-Identifier: LGPL-2.1-or-later
# The trash: what can be taken back, and what frees it.

load helpers

invalid='error: Requested operation is not valid:'

# ids [DOMAIN]: what trash-list shows.
ids()
{
	D -q --json trash-list "$@" | jq -r '.[].id'
}

@test "an empty trash, before there is a store and after" {
	ok D trash-list
	is_gone "$ROOT"
	has Command "$output"
	define vm1
	same "" "$(D -q trash-list)"
	refused "nothing in the trash is called 'vm1'" D trash-restore vm1
	refused "nothing in the trash is called 'vm1'" D trash-empty vm1
	ok D trash-empty
	same 'Deleted 0 entries permanently, 0 B' "${output%$'\n'}"
}

@test "what was undefined is listed with its command and size, and comes back whole" {
	make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	uuid=$(D -q domuuid vm1)
	ok D snapshot-create-as vm1 base
	ok D autostart vm1
	before=$(store_list "$(dom vm1)")
	ok D undefine vm1 --snapshots-metadata
	ok D --json trash-list
	same "vm1 $uuid undefine --snapshots-metadata" "$(jq -r '.[] | "\(.domain) \(.uuid) \(.command)"' <<<"$output")"
	same true "$(jq '.[0].size > 0 and .[0].time > 0' <<<"$output")"
	ok D trash-restore "$(ids)"
	same "Domain 'vm1' restored from the trash" "${output%$'\n'}"
	same "$before" "$(store_list "$(dom vm1)")"
	same "" "$(ids)"
	same vm1 "$(D -q domname "$uuid")"
	ok D snapshot-revert vm1 base
	ok D start vm1
	ok D destroy vm1
}

@test "by name the newest comes back; a taken name or uuid is refused" {
	define vm1
	ok D undefine vm1
	tiny_xml vm1 | sed 's|<vcpu>1|<vcpu>2|' >"$BATS_TEST_TMPDIR/two.xml"
	ok D define "$BATS_TEST_TMPDIR/two.xml"
	refused "$invalid domain 'vm1' already exists" D trash-restore vm1
	ok D undefine vm1
	ok D trash-restore vm1
	has '<vcpu>2<' "$(D dumpxml vm1)"
	refused "$invalid domain 'vm1' already exists" D trash-restore vm1
	ok D domrename vm1 away
	ok D trash-restore vm1
	has '<vcpu>1<' "$(D dumpxml vm1)"
	xml=$(D -q dumpxml vm1)
	ok D undefine vm1
	ok D define /dev/stdin <<<"${xml/<name>vm1</<name>vm3<}"
	refused "already exists with uuid" D trash-restore vm1
}

@test "old configurations and records of a domain" {
	make_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	xml=$(D -q dumpxml vm1)
	for n in {2..15}; do
		ok D define /dev/stdin <<<"${xml/<vcpu>1</<vcpu>$n<}"
	done
	# The newest ten of a kind stay.
	same 10 "$(ids vm1 | wc -l)"
	has '<vcpu>14<' "$(cat "$(dom vm1)/old/$(ids vm1 | tail -1 | sed 's|.*/||')")"
	ok D snapshot-create-as vm1 s1
	record=$(<"$(dom vm1)/snapshots/s1.xml")
	ok D snapshot-delete vm1 s1 --metadata
	id=$(ids vm1 | grep 'snapshot-s1$')
	ok D trash-restore "$id"
	same "$record" "$(<"$(dom vm1)/snapshots/s1.xml")"
	ok D snapshot-delete vm1 s1 --metadata
	ok D snapshot-create vm1 /dev/stdin --redefine <<<"$record"
	# One that is there again is exchanged: what was there waits in old/ in its turn.
	ok D snapshot-create vm1 /dev/stdin --redefine <<<"${record/<state>/<description>new<\/description><state>}"
	changed=$(<"$(dom vm1)/snapshots/s1.xml")
	has '<description>new<' "$changed"
	ok D trash-restore "$(ids vm1 | grep 'snapshot-s1$' | tail -1)"
	same "$record" "$(<"$(dom vm1)/snapshots/s1.xml")"
	has '<description>new<' "$(cat "$(dom vm1)"/old/*~snapshot-s1)"
}

@test "trash-empty: one entry, all older ones, all; never what is alive" {
	define vm1
	define vm2
	define vm3
	ok D undefine vm1
	ok D undefine vm2
	before=$(store_hash "$ROOT")
	ok D trash-empty --dry-run
	has 'Would delete 2 entries permanently' "$output"
	same "$before" "$(store_hash "$ROOT")"
	ok D trash-empty --older-than 1d
	has 'Deleted 0 entries' "$output"
	same 2 "$(ids | wc -l)"
	ok D trash-empty "$(ids | head -1)"
	has 'Deleted 1 entry permanently' "$output"
	same 1 "$(ids | wc -l)"
	ok D trash-empty
	same "" "$(ids)"
	same "" "$(ls -A "$ROOT/trash" "$ROOT/staging" | grep -v : | grep .)" || same "" "$(ls -A "$ROOT/trash")"
	same vm3 "$(D -q list --all --name)"
	refused error: D trash-empty --older-than x
	refused error: D trash-empty --older-than -1
}

@test "a running domain's old definition is no trash to be emptied" {
	define_guest vm1
	ok D start vm1
	ok D undefine vm1
	same vm1/undefined.xml "$(ids)"
	ok D trash-empty
	same vm1/undefined.xml "$(ids)"
	ok D trash-restore vm1
	same "" "$(ids vm1 | grep undefined)"
	ok D destroy vm1
	same 'shut off' "$(state_of vm1)"
}

@test "names from outside reach no other place" {
	define vm1
	ok D undefine vm1
	for id in ../domains ../../etc . .. '' /etc/passwd "$(ids)/domain.xml" "$(ids)/../../domains" vm1/old/../domain.xml \
		vm2/old/x ../trash/"$(ids)"; do
		refused error: D trash-restore "$id"
		refused error: D trash-empty "$id"
	done
	same 1 "$(ids | wc -l)"
}

@test "an entry without a tombstone, and one with a torn one, still come back" {
	define vm1
	ok D undefine vm1
	rm "$ROOT"/trash/*/tombstone
	same vm1 "$(D -q --json trash-list | jq -r '.[].domain')"
	ok D trash-restore vm1
	ok D undefine vm1
	echo '{"v":' >"$(echo "$ROOT"/trash/*/tombstone)"
	ok D trash-restore vm1
	same vm1 "$(D -q list --all --name)"
}

@test "killed or failing at any point of a restore: in the trash or back, whole" {
	define vm1
	config=$(<"$(dom vm1)/domain.xml")
	ok D undefine vm1
	for ((n = 1; n < 60; n++)); do
		for fault in crash eio; do
			capture env DOMSH_FAULT=$fault:$n "$DOMSH" -c "$URI" trash-restore vm1
			said=$stderr
			case $(D -q list --all --name),$(D -q --json trash-list | jq -r '.[].domain') in
			vm1, | ,vm1) ;;
			*) failing "in two places or none" D trash-restore ;;
			esac
			if test -e "$(dom vm1)"; then
				same "$config" "$(<"$(dom vm1)/domain.xml")"
				ok D undefine vm1
			fi
		done
		case $said in *'DOMSH_FAULT fired'*) ;; *) break ;; esac
	done
	test "$n" -gt 3 -a "$n" -lt 60
}

@test "what is older than trash-keep-days goes when something comes in, from trash/ and from old/" {
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	mkdir -p "$XDG_CONFIG_HOME/domsh"
	make_disk "$BATS_TEST_TMPDIR/vm.qcow2"
	define vm "$BATS_TEST_TMPDIR/vm.qcow2"
	define old
	define new
	for i in 1 2; do
		sed -i "s|</name>|</name><title>$i</title>|" "$(dom vm)/domain.xml"
		ok D -q desc vm --title "title $i" --config
	done
	old_file=$(cd "$(dom vm)/old" && ls | head -n 1)
	mv "$(dom vm)/old/$old_file" "$(dom vm)/old/1000000000000000~${old_file#*~}"
	ok D undefine old
	entry=$(cd "$ROOT/trash" && echo *~old)
	mv "$ROOT/trash/$entry" "$ROOT/trash/1000000000000000~old"
	printf '[domsh]\ntrash-keep-days=0\n' >"$XDG_CONFIG_HOME/domsh/domsh.conf"
	ok D undefine new
	is_there "$ROOT/trash/1000000000000000~old"
	ok D trash-restore new
	printf '[domsh]\ntrash-keep-days=1\n' >"$XDG_CONFIG_HOME/domsh/domsh.conf"
	ok D -q desc vm --title "title 3" --config
	ok D undefine new
	is_gone "$ROOT/trash/1000000000000000~old"
	same "" "$(find "$(dom vm)/old" -name '1000000000000000~*')"
	ok D --json trash-list
	same '["new"]' "$(jq -c '[.[] | select(.what == "domain") | .domain]' <<<"$output")"
}
