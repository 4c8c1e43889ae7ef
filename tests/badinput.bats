# SPDX-License-Identifier: LGPL-2.1-or-later
# Bad input: refused with one message, without a change, soon, and in little memory.

load helpers

teardown()
{
	! mountpoint -q "$ROOT" || umount "$ROOT"
	leave_nothing
}

# small ARGUMENT…: D in 256 MiB of address space and at most two seconds.
small()
{
	(ulimit -v 262144 && timeout 2 "$DOMSH" -c "$URI" "$@")
}
test -z "${SAN:-}" || small() { timeout 20 "$DOMSH" -c "$URI" "$@"; }

# made: the store is there already, so that a refused writer need not make it.
made()
{
	tiny_xml x >"$BATS_TEST_TMPDIR/x.xml"
	ok D define "$BATS_TEST_TMPDIR/x.xml"
	ok D undefine x --purge
}

# plain NAME: a domain whose XML has no other place for its name.
plain()
{
	sed 's/&/\&amp;/g; s/</\&lt;/g' <<<"$1" >"$BATS_TEST_TMPDIR/name"
	echo "<domain type='qemu'><name>$(<"$BATS_TEST_TMPDIR/name")</name><memory>32768</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>"
}

xml_of()
{
	tiny_xml vm1 "$@" >"$BATS_TEST_TMPDIR/vm1.xml"
}

# --- unknown things ---------------------------------------------------------------------------

@test "unknown domain, id and uuid" {
	define vm1
	for word in nope 99 00000000-0000-0000-0000-000000000000 ../vm1 . vm1/ VM1 "vm1 " $'vm1\n'; do
		for command in dominfo domstate dumpxml start destroy managedsave snapshot-list; do
			refused 'error: failed to get domain' D $command "$word"
		done
	done
	refused "error: Domain not found: no domain with matching name 'nope'" D dominfo nope
}

@test "unknown URI and driver" {
	refused "error: no connection driver available" "$DOMSH" -c foo:///bar list
	refused 'error: ' "$DOMSH" -c qemu:///nowhere list
	refused 'error: ' "$DOMSH" -c qemu+ssh://host/system list
	refused 'needs an absolute directory' "$DOMSH" -c 'qemu:///embed' list
	refused 'needs an absolute directory' "$DOMSH" -c 'qemu:///embed?root=relative' list
	refused 'needs an absolute directory' "$DOMSH" -c "qemu:///embed?root=" list
	refused 'error: ' "$DOMSH" -c $'qemu:///embed?root=/x\e[31m%00y' list
}

@test "a file that is not there, is a directory, or is endless" {
	refused "error: Failed to open '/nowhere/x.xml'" D define /nowhere/x.xml ||
		refused '/nowhere/x.xml' D define /nowhere/x.xml
	refused "$BATS_TEST_TMPDIR" D define "$BATS_TEST_TMPDIR"
	refused '/dev/zero' small define /dev/zero
	refused error: small define /dev/null
}

# --- XML --------------------------------------------------------------------------------------

# bad MESSAGE: standard input is refused by define, create, and as a snapshot's XML.
bad()
{
	cat >"$BATS_TEST_TMPDIR/bad.xml"
	refused "$1" small define "$BATS_TEST_TMPDIR/bad.xml" &&
		refused "$1" small create "$BATS_TEST_TMPDIR/bad.xml"
}

@test "XML that is not well-formed" {
	xml_of
	echo '<domain' | bad 'error: XML error:'
	echo 'domain' | bad 'error: XML error:'
	: | bad 'error: XML error:'
	echo '<domain></domian>' | bad 'error: XML error:'
	echo "<domain type='qemu'><name>vm1</name>&nbsp;</domain>" | bad 'error: XML error:'
	{ cat "$BATS_TEST_TMPDIR/vm1.xml"; echo '<more/>'; } | bad 'error: XML error:'
	sed 's/vm1/v\x00m/' "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: '
	size=$(stat -c %s "$BATS_TEST_TMPDIR/vm1.xml")
	for ((n = 1; n < size - 10; n += 37)); do
		head -c $n "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: XML error:' || return 1
	done
}

@test "XML that asks for work or for files: DOCTYPE, entities" {
	echo "<!DOCTYPE d [<!ENTITY a 'b'>]><domain type='qemu'><name>&a;</name></domain>" | bad DOCTYPE
	echo "<!DOCTYPE d SYSTEM '/etc/passwd'><domain/>" | bad DOCTYPE
	{
		echo '<!DOCTYPE d [<!ENTITY l0 "lol">'
		for n in {1..9}; do
			printf '<!ENTITY l%d "%s">' $n "$(printf "&l$((n - 1));%.0s" {1..10})"
		done
		echo ']><domain><name>&l9;</name></domain>'
	} | bad DOCTYPE
	echo "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain><name>&x;</name></domain>" | bad DOCTYPE
}

@test "XML without measure: deep, wide, long, many attributes" {
	{ printf '<domain>'; printf '<a>%.0s' {1..300}; printf '</a>%.0s' {1..300}; printf '</domain>'; } | bad 'error: XML error:'
	perl -e 'print "<domain>", "<a>" x 100000, "</a>" x 100000, "</domain>"' | bad 'error: XML error:'
	perl -e 'print "<domain ", join(" ", map {"a$_=\"\""} 1 .. 100000), "/>"' | bad 'error: XML error:'
	perl -e 'print "<domain>", "<a/>" x 1000000, "</domain>"' | bad 'error: XML error:'
	perl -e 'print "<domain><name>", "a" x 11000000, "</name></domain>"' | bad 'error: '
}

@test "XML that is not UTF-8" {
	xml_of
	iconv -t UTF-16 "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: '
	{ echo "<?xml version='1.0' encoding='ISO-8859-1'?>"; sed 's/vm1/v\xe4/' "$BATS_TEST_TMPDIR/vm1.xml"; } | bad 'error: XML error:'
	{ echo "<?xml version='1.0' encoding='UTF-7'?>"; cat "$BATS_TEST_TMPDIR/vm1.xml"; } | bad 'error: XML error:'
	sed 's/vm1/v\xff/' "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: XML error:'
	sed 's/vm1/v\xc0\xaf/' "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: XML error:'
	sed 's/vm1/v\xed\xa0\x80/' "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: XML error:'
}

@test "XML of another kind, or with something essential missing or doubled" {
	made
	xml_of
	echo '<network><name>x</name></network>' | bad 'error: XML error:'
	sed '/<name>/d' "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: '
	sed 's|<name>vm1</name>|&&|' "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: XML error:'
	sed "s/ type='qemu'//" "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: '
	sed "s/ type='qemu'/ type='xen'/" "$BATS_TEST_TMPDIR/vm1.xml" >"$BATS_TEST_TMPDIR/xen.xml"
	refused error: small create "$BATS_TEST_TMPDIR/xen.xml"
	sed 's|<vcpu>|<uuid>not-a-uuid</uuid><vcpu>|' "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: XML error:'
}

@test "numbers that are none, or too large" {
	xml_of
	for memory in -1 0x10 1.5 9223372036854775808 18446744073709551616 '' abc; do
		sed "s|<memory unit='MiB'>32|<memory unit='MiB'>$memory|" "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: XML error:' || return 1
	done
	sed "s|<memory unit='MiB'>|<memory unit='YiB'>|" "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: XML error:'
	for vcpu in 0 -1 1000000000 x; do
		sed "s|<vcpu>1|<vcpu>$vcpu|" "$BATS_TEST_TMPDIR/vm1.xml" | bad 'error: XML error:' || return 1
	done
}

@test "two disks with one target" {
	xml_of /a.qcow2 /b.qcow2
	sed 's/vdb/vda/' "$BATS_TEST_TMPDIR/vm1.xml" | bad "vda"
}

@test "what is not honoured is refused at the start with its path, and by define --validate" {
	made
	xml_of
	sed -i "s|</devices>|<hostdev mode='subsystem' type='usb'/></devices>|" "$BATS_TEST_TMPDIR/vm1.xml"
	refused hostdev D define --validate "$BATS_TEST_TMPDIR/vm1.xml"
	refused hostdev D create "$BATS_TEST_TMPDIR/vm1.xml"
	ok D -q define "$BATS_TEST_TMPDIR/vm1.xml"
	refused hostdev D start vm1
	has '<hostdev' "$(D dumpxml vm1)"
	sed "s|<hostdev.*/>||; s|<devices>|<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-S'/></qemu:commandline><devices>|" \
		"$BATS_TEST_TMPDIR/vm1.xml" >"$BATS_TEST_TMPDIR/arg.xml"
	refused commandline D create "$BATS_TEST_TMPDIR/arg.xml"
}

# --- names ------------------------------------------------------------------------------------

@test "domain names that are refused by define, create and domrename" {
	define vm1
	for name in . .. a/b /abs ../x '   ' "$(printf 'n%.0s' {1..221})" "$(printf 'n%.0s' {1..4096})" \
		"$(printf '~%.0s' {1..74})"; do
		plain "$name" | bad 'error: XML error:' || return 1
		refused 'error: XML error:' D domrename vm1 "$name"
	done
	plain '' | bad 'error: XML error:'
	for name in $'new\nline' $'tab\tin' $'esc\e[31m' $'del\x7f' $'c1\u0085' $'bidi\u202e' $'iso\u2066' \
		$'zero\u200bwidth' $'bom\ufeff'; do
		refused 'error: XML error:' D domrename vm1 "$name"
		plain "$name" | bad 'error: XML error:' || return 1
	done
	for name in $'bad\xff' $'over\xc0\xaflong' $'half\xed\xa0\x80'; do
		refused error: D domrename vm1 "$name"
		plain "$name" | bad 'error: ' || return 1
	done
}

@test "domain names that are accepted stay what they are" {
	local names=(-dash --double 'with blanks' '%s%n' '$(touch x)' ';ls' "it's" 'a,b=c' '~' 'mid~dle' '100%'
		'%2F' '<&>' .hidden domain.xml lock current trash 'grüße' $'e\u0301' $'\u00e9' A a CON
		'11111111-2222-3333-4444-55555555555x' "$(printf 'n%.0s' {1..220})" 'x"y')
	for name in "${names[@]}"; do
		plain "$name" >"$BATS_TEST_TMPDIR/one.xml"
		ok D define "$BATS_TEST_TMPDIR/one.xml"
	done
	same "$(printf '%s\n' "${names[@]}" | LC_ALL=C sort)" "$(D -q list --all --name | LC_ALL=C sort)"
	for name in "${names[@]}"; do
		same 'shut off' "$(D -q domstate --domain "$name")"
		ok D undefine --domain "$name"
		ok D trash-restore -- "$name"
		ok D undefine --domain "$name" --purge
	done
	same "" "$(ls "$ROOT/domains")"
}

@test "a name of digits, and one like a uuid, are found after id and uuid" {
	tiny_xml 1 >"$BATS_TEST_TMPDIR/one.xml"
	ok D define "$BATS_TEST_TMPDIR/one.xml"
	define_guest vm1
	ok D start vm1
	same vm1 "$(D -q domname 1)"
	ok D destroy vm1
	same 1 "$(D -q domname 1)"
	uuid=$(D -q domuuid vm1)
	tiny_xml "$uuid" >"$BATS_TEST_TMPDIR/like.xml"
	ok D define "$BATS_TEST_TMPDIR/like.xml"
	same vm1 "$(D -q domname "$uuid")"
}

# --- the root ---------------------------------------------------------------------------------

@test "a root that does not exist: reading makes nothing, defining makes it" {
	ok D list --all
	is_gone "$ROOT"
	ROOT=$BATS_TEST_TMPDIR/one/two/three URI="qemu:///embed?root=$BATS_TEST_TMPDIR/one/two/three"
	define vm1
	same 700 "$(stat -c %a "$ROOT")"
}

@test "a root that is a symbolic link, a file, or not ours" {
	mkdir "$BATS_TEST_TMPDIR/real"
	ln -s real "$ROOT"
	xml_of
	refused 'is a symbolic link' D list
	refused 'is a symbolic link' D define "$BATS_TEST_TMPDIR/vm1.xml"
	refused 'is a symbolic link' "$DOMSH" -c "$URI/" define "$BATS_TEST_TMPDIR/vm1.xml"
	same "" "$(ls "$BATS_TEST_TMPDIR/real")"
	rm "$ROOT"
	: >"$ROOT"
	refused 'is not a directory' D define "$BATS_TEST_TMPDIR/vm1.xml"
	rm "$ROOT"
	mkdir "$ROOT"
	chmod 777 "$ROOT"
	refused 'others may write' D define "$BATS_TEST_TMPDIR/vm1.xml"
	chmod 1777 "$ROOT"
	refused 'others may write' D list
	rmdir "$ROOT"
	if test "$(id -u)" = 0; then
		mkdir "$ROOT"
		chown 65534 "$ROOT"
	else
		URI=qemu:///embed?root=/etc
	fi
	refused 'belongs to user' D define "$BATS_TEST_TMPDIR/vm1.xml"
	refused 'belongs to user' D list
}

@test "a root that cannot be written" {
	xml_of
	if test "$(id -u)" = 0; then
		URI=qemu:///embed?root=/proc/domsh
	else
		mkdir -m 500 "$BATS_TEST_TMPDIR/closed"
		URI=qemu:///embed?root=$BATS_TEST_TMPDIR/closed/store
	fi
	refused "error: " D define "$BATS_TEST_TMPDIR/vm1.xml"
	has 'make the directory' "$stderr"
}

@test "a root of a later format" {
	define vm1
	echo 2 >"$ROOT/format"
	for command in list 'domstate vm1' 'dumpxml vm1' 'undefine vm1' 'start vm1' 'define -' doctor \
		'doctor --fix' trash-list 'trash-empty' 'event --all --timeout 1'; do
		# shellcheck disable=SC2086
		refused "has format '2', this domsh knows only 1" D ${command/ -/ "$BATS_TEST_TMPDIR/vm1.xml"}
	done
	echo rubbish >"$ROOT/format"
	refused "has format" D list
	echo 1 >"$ROOT/format"
	ok D start vm1
	# A guest that runs stays as it is, too.
	echo 2 >"$ROOT/format"
	refused "has format '2', this domsh knows only 1" D destroy vm1
	echo 1 >"$ROOT/format"
	ok D destroy vm1
}

@test "qemu:///system is for root" {
	if test "$(id -u)" = 0; then
		same qemu:///system "$("$DOMSH" -q -c qemu:///system uri)"
		return
	fi
	refused 'use sudo, or -c qemu:///session' "$DOMSH" -c qemu:///system list
}

# --- the disk ---------------------------------------------------------------------------------

@test "a full disk while defining, at each point: nothing is there, or all" {
	xml_of
	ok D list
	for ((n = 1; n < 80; n++)); do
		DOMSH_FAULT=enospc+:$n capture D define "$BATS_TEST_TMPDIR/vm1.xml"
		case $stderr in *'DOMSH_FAULT fired'*) ;; *) break ;; esac
		case $status:$(D -q list --all --name) in
		0:vm1) ok D undefine vm1 --purge ;;
		1:) has 'No space left on device' "$stderr" ;;
		# Renaming back failed too; then it says so.
		1:vm1) has 'it was done all the same' "$stderr"; ok D undefine vm1 --purge ;;
		*) failing "a failed define has made the domain, or the other way round" D define ;;
		esac
	done
	test "$n" -gt 10 -a "$n" -lt 80
	same vm1 "$(D -q list --all --name)"
	# What could not even be removed has no lock yet, and is swept when it is a minute old.
	same "" "$(find "$ROOT/staging" -name lock)"
}

@test "a really full disk: define is refused and says what would help, undefine works" {
	# Mounting a small file system needs root.
	test "$(id -u)" = 0 || return 0
	mkdir "$ROOT"
	mount -t tmpfs -o size=256k,mode=700 tmpfs "$ROOT" 2>/dev/null || skip "no mount here"
	define vm1
	head -c 1M /dev/zero >"$ROOT/filler" 2>/dev/null || true
	tiny_xml vm2 >"$BATS_TEST_TMPDIR/vm2.xml"
	capture D define "$BATS_TEST_TMPDIR/vm2.xml"
	local define_status=$status define_said=$stderr
	capture D undefine vm1
	local undefine_status=$status listed
	listed=$(D -q list --all --name)
	umount "$ROOT"
	same 1 "$define_status"
	has 'No space left on device' "$define_said"
	has "'trash-empty' frees it" "$define_said"
	same 0 "$undefine_status"
	same "" "$listed"
}

@test "standard output that is full fails the command" {
	define vm1
	for command in 'list --all' 'dumpxml vm1' 'help' 'dominfo vm1' '--json list' 'echo x'; do
		# shellcheck disable=SC2086
		"$DOMSH" -c "$URI" $command >/dev/full 2>"$BATS_TEST_TMPDIR/stderr" && status=0 || status=$?
		same 1 "$status"
		has 'No space left on device' "$(<"$BATS_TEST_TMPDIR/stderr")"
	done
}

@test "closed standard descriptors are not mistaken for files of ours" {
	define vm1
	sum=$(sha256sum <"$(dom vm1)/domain.xml")
	"$DOMSH" -c "$URI" autostart vm1 <&- >&- 2>&- || true
	"$DOMSH" -c "$URI" dumpxml vm1 >&- 2>/dev/null && status=0 || status=$?
	same 1 "$status"
	same "$sum" "$(sha256sum <"$(dom vm1)/domain.xml")"
	is_there "$(dom vm1)/autostart"
}

# closed LIST COMMAND…: with these of 0, 1 and 2 closed; in the place of the shell.
closed()
{
	local list=$1
	shift
	exec perl -MPOSIX -e 'POSIX::close($_) for split /,/, shift; exec @ARGV' "$list" "$DOMSH" -c "$URI" "$@"
}

@test "closed standard descriptors: guests start and end, and no file of ours is written into" {
	define_guest vm1
	for list in 0 1 2 0,1 1,2 0,1,2; do
		for command in 'start vm1' 'snapshot-create-as vm1 s' 'desc vm1 --config text' 'managedsave vm1' 'start vm1' \
			'snapshot-delete vm1 s' 'nope' 'destroy vm1'; do
			# shellcheck disable=SC2086
			(closed "$list" $command >"$BATS_TEST_TMPDIR/out" 2>&1) || true
		done
		same 'shut off' "$(state_of vm1)"
		same '' "$(D -q snapshot-list vm1 --name)"
		ok D doctor vm1
	done
	same text "$(D -q desc vm1)"
	# In the middle of work, where locks and files of the store are open.
	(closed 0,1,2 start vm1) || true # what it prints goes nowhere
	# shellcheck disable=SC2046
	standard_files $(processes_of "$ROOT")
	DOMSH_FAULT=stop@qmp-snapshot-save closed 0,1,2 snapshot-create-as vm1 s &
	wait_for 'grep -qs "^State:.*stopped" "/proc/$!/status"'
	standard_files $!
	kill -CONT $!
	wait $! || true
	same s "$(D -q snapshot-list vm1 --name)"
	ok D destroy vm1
}

# standard_files PID…: what is open there as 0, 1 and 2 is no file of the store.
standard_files()
{
	local pid fd
	for pid; do
		for fd in 0 1 2; do
			case $(readlink "/proc/$pid/fd/$fd") in
			/dev/null | "$(dom vm1)"/run/log | "$(dom vm1)"/run/guard.log) ;;
			*) ls -l "/proc/$pid/fd"; return 1 ;;
			esac
		done
	done
}

# --- QEMU and images --------------------------------------------------------------------------

@test "without QEMU: define works, start names the package" {
	xml_of
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	mkdir -p "$XDG_CONFIG_HOME/domsh"
	printf '[domsh]\nemulator=/nowhere/qemu\n' >"$XDG_CONFIG_HOME/domsh/domsh.conf"
	tiny_xml vm2 >"$BATS_TEST_TMPDIR/vm2.xml"
	ok D define "$BATS_TEST_TMPDIR/vm2.xml"
	refused '/nowhere/qemu' D start vm2
	has qemu-system-x86 "$stderr"
}

@test "an image that is missing, of another format, a directory, a FIFO, or not qcow2 at all" {
	disk=$BATS_TEST_TMPDIR/disk.qcow2
	define vm1 "$disk"
	qemu-img create -q -f qcow2 "$BATS_TEST_TMPDIR/good.qcow2" 4M
	same 'shut off' "$(state_of vm1)"
	refused_start "$disk"
	truncate -s 4M "$disk"
	refused_start "$disk"
	head -c 300 /dev/urandom >"$disk"
	refused_start "$disk"
	head -c 60 "$BATS_TEST_TMPDIR/good.qcow2" >"$disk"
	refused_start "$disk"
	rm "$disk"
	mkdir "$disk"
	refused_start "$disk"
	rmdir "$disk"
	mkfifo "$disk"
	refused_start "$disk"
	rm "$disk"
	ln -s /nowhere "$disk"
	refused_start "$disk"
	rm "$disk"
	cp "$BATS_TEST_TMPDIR/good.qcow2" "$disk"
	ok D start vm1
	ok D destroy vm1
}

# refused_start TEXT: start fails, says TEXT, and leaves nothing behind.
refused_start()
{
	before=$(find "$(dom vm1)" | sort)
	capture D start vm1
	same 1 "$status" || failing 'started' D start vm1 || return 1
	has "$1" "$stderr" || return 1
	same 'shut off' "$(state_of vm1)" || return 1
	same "$before" "$(find "$(dom vm1)" ! -name 'last-run' ! -name 'lock' | cat - <(ls -d "$(dom vm1)/lock" "$(dom vm1)/last-run" 2>/dev/null) | sort | grep -xFf <(echo "$before"))"
	same "" "$(find "$(dom vm1)" -name intent -o -name live.xml -o -name 'run*')"
}

@test "an image that is qcow2 but called raw, or refers to other files" {
	make_disk "$BATS_TEST_TMPDIR/a.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/a.qcow2"
	xml=$(D -q dumpxml vm1)
	ok D define /dev/stdin <<<"${xml/type=\'qcow2\'/type=\'raw\'}"
	refused_start 'is qcow2, but'
	ok D define /dev/stdin <<<"$xml"
	qemu-img create -q -f qcow2 -b /etc/passwd -F raw "$BATS_TEST_TMPDIR/b.qcow2"
	mv "$BATS_TEST_TMPDIR/b.qcow2" "$BATS_TEST_TMPDIR/a.qcow2"
	refused_start a.qcow2
	qemu-img create -q -f qcow2 -o data_file="$BATS_TEST_TMPDIR/data" "$BATS_TEST_TMPDIR/b.qcow2" 4M
	mv "$BATS_TEST_TMPDIR/b.qcow2" "$BATS_TEST_TMPDIR/a.qcow2"
	refused_start a.qcow2
}

@test "an image that another QEMU has open" {
	define_guest vm1
	sed "s/vm1/vm2/; s|vm2.qcow2|vm1.qcow2|; s/vm1.serial/vm2.serial/" "$BATS_TEST_TMPDIR/vm1.xml" >"$BATS_TEST_TMPDIR/vm2.xml"
	ok D define "$BATS_TEST_TMPDIR/vm2.xml"
	ok D start vm2
	refused_start "$BATS_TEST_TMPDIR/vm1.qcow2' is in use by another QEMU process, that of domain 'vm2'"
	ok D destroy vm2
	ok D start vm1
	ok D destroy vm1
}

@test "read-only connections change nothing" {
	define_guest vm1
	ok D snapshot-create-as vm1 s1
	for command in "define $BATS_TEST_TMPDIR/vm1.xml" "create $BATS_TEST_TMPDIR/vm1.xml" 'undefine vm1' 'start vm1' \
		'destroy vm1' 'shutdown vm1' 'suspend vm1' 'resume vm1' 'managedsave vm1' 'autostart vm1' \
		'domrename vm1 vm2' 'snapshot-create-as vm1 s2' 'snapshot-delete vm1 s1' 'snapshot-revert vm1 s1' \
		'trash-empty' 'trash-restore vm1' 'snapshot-current vm1 s1' 'dumpxml vm1 --security-info'; do
		# shellcheck disable=SC2086
		refused 'read only access prevents' D -r $command
	done
	ok D -r list --all
	ok D -r dumpxml vm1
}
