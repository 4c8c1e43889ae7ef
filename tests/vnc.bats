# SPDX-License-Identifier: LGPL-2.1-or-later
# VNC on TCP ports: which one, who says so, and the password. QEMU's server is real, and so is what
# is said to it; the client is the few lines of RFB that a password takes.

load helpers

# with NAME GRAPHICS: define a guest with that display.
with()
{
	MORE="    $2
    <video><model type='vga'/></video>
" tiny_xml "$1" >"$BATS_TEST_TMPDIR/$1.xml"
	capture D define "$BATS_TEST_TMPDIR/$1.xml"
	same 0 "$status"
}

# display NAME: address and port where it can be reached, with a blank between.
display()
{
	local text
	text=$(D -q vncdisplay "$1")
	echo "${text%:*} $((${text##*:} + 5900))"
}

# rfb ADDRESS PORT [PASSWORD]: what the server says to a client: its kinds of authentication and,
# with a password, its verdict (0: come in).
rfb()
{
	perl -MIO::Socket::IP -e '
		my ($address, $port, $password) = @ARGV;
		my $s = IO::Socket::IP->new(PeerHost => $address, PeerPort => $port) or die "$!\n";
		sub get { my $d = ""; while (length $d < $_[0]) { sysread $s, $d, $_[0] - length $d, length $d or die } $d }
		syswrite $s, get(12);
		my @kinds = unpack "C*", get(unpack "C", get(1));
		print "@kinds";
		exit unless defined $password;
		syswrite $s, chr 2;
		my $challenge = unpack "H*", get(16);
		my $key = unpack "H*", pack "b*", unpack "B*", substr $password . "\0" x 8, 0, 8;
		my $answer = `printf %s $challenge | perl -pe "\\\$_ = pack q(H*), \\\$_" | openssl enc -des-ede3 -nopad -K $key$key$key`;
		syswrite $s, $answer;
		print " ", unpack("N", get(4)), "\n"' "$@"
}

@test "a port is chosen, told, and of this run only" {
	perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:5900", Listen => 1); $| = 1; print "x"; sleep 60' \
		>"$BATS_TEST_TMPDIR/taken" 3>&- &
	taken=$!
	wait_for "test -s '$BATS_TEST_TMPDIR/taken'"
	with a "<graphics type='vnc'/>"
	with b "<graphics type='vnc' port='-1' autoport='yes'><listen type='address' address='127.0.0.1'/></graphics>"
	ok D start a
	ok D start b
	kill $taken
	read -r address port <<<"$(display a)"
	same 127.0.0.1 "$address"
	test "$port" -gt 5900
	test "$(display b)" != "127.0.0.1 $port"
	same 1 "$(rfb 127.0.0.1 "$port")"
	ok D -q domdisplay a
	same "vnc://127.0.0.1:$((port - 5900))" "$output"
	ok D dumpxml a
	has "<graphics type='vnc' port='$port' autoport='yes' listen='127.0.0.1'>" "$output"
	has "<listen type='address' address='127.0.0.1'/>" "$output"
	ok D --json domdisplay a
	has "$((port - 5900))" "$output"
	for stored in "dumpxml a --inactive" "dumpxml b --inactive"; do
		# shellcheck disable=SC2086
		ok D $stored
		has_not "$port" "$output"
	done
	# What was chosen is in no image: its guest takes what is free then.
	ok D managedsave a
	ok D managedsave-dumpxml a
	has "<graphics type='vnc'/>" "$output"
	ok D destroy b
	ok D start a
	same 1 "$(rfb $(display a))"
	ok D destroy a
}

@test "a port of one's own, other addresses, and what is refused" {
	port=$((20000 + BASHPID % 10000))
	with a "<graphics type='vnc' port='$port' autoport='no' listen='0.0.0.0'/>"
	with b "<graphics type='vnc' port='$port'/>"
	ok D start a
	ok D -q vncdisplay a
	same ":$((port - 5900))" "$output"
	ok D -q domdisplay a
	same "vnc://localhost:$((port - 5900))" "$output"
	ok D dumpxml a
	has "port='$port' autoport='no' listen='0.0.0.0'" "$output"
	capture D start b
	same 1 "$status"
	has "port $port of '127.0.0.1', where VNC is to listen, is in use" "$stderr"
	same 'shut off' "$(state_of b)"
	is_gone "$(dom b)/run"
	ok D destroy a
	ok D start b
	same 1 "$(rfb 127.0.0.1 "$port")"
	ok D destroy b
	with c "<graphics type='vnc'><listen type='address' address='localhost'/></graphics>"
	refused "devices/graphics   only a numeric address" D start c
	with d "<graphics type='vnc' port='5000'/>"
	refused "devices/graphics/@port   only ports from 5900 on" D start d
	with e "<graphics type='vnc' websocket='-1'/>"
	refused "devices/graphics/@websocket" D start e
	if test -e /proc/net/if_inet6 && grep -q " lo$" /proc/net/if_inet6; then
		with f "<graphics type='vnc' listen='::1'/>"
		ok D start f
		read -r address port <<<"$(display f)"
		same 1 "$(rfb ::1 "$port")"
		has "vnc://[::1]:" "$(D domdisplay f)"
		ok D destroy f
	fi
}

@test "a password: asked for, told to nobody" {
	with a "<graphics type='vnc' passwd='hush!'/>"
	ok D start a
	same 2 "$(rfb $(display a))"
	same "2 0" "$(rfb $(display a) 'hush!')"
	same "2 1" "$(rfb $(display a) 'hush?')"
	has_not hush "$(tr '\0' ' ' <"/proc/$(jq .pid "$(dom a)/run/state")/cmdline")"
	has_not hush "$(cat "$(dom a)"/run/{spec,log,events,guard.log})"
	has_not hush "$(D dumpxml a)"
	has hush "$(D dumpxml a --security-info)"
	has_not hush "$(D snapshot-list a)$(D domxml-to-native qemu-argv <(D dumpxml a --security-info))"
	ok D -q domdisplay a --include-password
	has "vnc://:hush!@127.0.0.1:" "$output"
	ok D destroy a
	with b "<graphics type='vnc' passwd=''/>"
	refused "devices/graphics/@passwd   only 1 to 8 bytes" D start b
	with c "<graphics type='vnc' passwd='123456789'/>"
	refused "only 1 to 8 bytes" D start c
	has_not 1234 "$stderr"
}
