# SPDX-License-Identifier: LGPL-2.1-or-later
# The test guest: three sectors of real-mode code that boot from a disk and make a guest's memory
# and disks comparable from outside. Built by tests/mkguest.
#
# COM1 tells at boot ("UP "), after `w` ("W ") and after `i` (without a word before):
#	UP mem=0000001a disk=00000013 disk=ffffffff
# mem counts timer ticks in RAM since boot: equal or a little more after a revert or a resume,
# small again after a reboot. disk is the number on each BIOS disk, ffffffff for no such disk.
# On a disk, byte 4096 and following are "DMSH" and that number (little endian).
#
# One letter on COM1 is a command:
#	i  tell			w  write mem to each disk, then tell
#	t  write at each tick, on/off	n  ignore the power button, on/off
#	f  fill 32 MiB of RAM		h  hang with interrupts off
#	p  power off (S5)		r  reset	k  panic (pvpanic at 0x505)
#	o  open port 1 of the virtio-serial controller, as an agent does; and close it again
#	v  say "virtio speaks" on its port 0, which closes the others
# The ACPI power button powers off. It is QEMU's PM base under SeaBIOS: 0x600 on pc and on q35.

	.code16
	.set	SERIAL, 0x3f8
	.set	PM_STATUS, 0x600		# PM_ENABLE + 2, PM_CONTROL + 4
	.set	BUTTON, 0x0100
	.set	FIRST_DISK, 0x80
	.set	END_DISK, 0x82
	.set	TICKS, 0x46c			# the BIOS's own count
	.set	SECTOR, 0x8400			# where LBA 8 is read to and written from
	.set	RING, 0x1000			# segment of the virtio queue that is used
	.set	MAGIC, 0x48534d44		# "DMSH"
	.set	WRITING, 1
	.set	IGNORING, 2
	.set	OPENED, 4

	.globl	_start
_start:	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7c00, %sp
	ljmp	$0, $load
load:	cld
	sti
	movw	$code_packet, %si
	movw	$0x4200, %ax
	movb	$FIRST_DISK, %dl
	int	$0x13
	jnc	ready
	movb	$'!', %al
	call	send
dead:	cli
	hlt
	jmp	dead

# send: al to COM1. Keeps all registers.
send:	pushw	%dx
	pushw	%ax
	movw	$SERIAL + 5, %dx
1:	inb	%dx, %al
	testb	$0x20, %al			# room for a byte
	jz	1b
	popw	%ax
	movw	$SERIAL, %dx
	outb	%al, %dx
	popw	%dx
	ret

# say: the text at si, up to a zero byte.
1:	call	send
say:	lodsb
	testb	%al, %al
	jnz	1b
	ret

# say_hex: edi as eight digits.
say_hex:
	movw	$8, %cx
1:	roll	$4, %edi
	movw	%di, %bx
	andw	$15, %bx
	movb	digits(%bx), %al
	call	send
	loop	1b
	ret
digits:	.ascii	"0123456789abcdef"

# disk_io: ah = 0x42 read, 0x43 write LBA 8 of disk dl. Carry on failure. Keeps dx.
disk_io:
	pushw	%dx
	xorb	%al, %al
	movw	$data_packet, %si
	int	$0x13
	popw	%dx
	ret

	.balign	4
code_packet:
	.word	16, 2, 0x7e00, 0		# the second and third sector of this code
	.quad	1
data_packet:
	.word	16, 1, SECTOR, 0
	.quad	8

	.org	510
	.word	0xaa55

ready:	movw	$PM_STATUS + 2, %dx		# QEMU drops the button unless it is enabled
	inw	%dx, %ax
	orw	$BUTTON, %ax
	outw	%ax, %dx
	movw	$on_serial, 4 * 0x0c		# a byte from COM1 ends hlt, as the timer does
	movw	$0, 4 * 0x0c + 2
	movb	$1, %al
	movw	$SERIAL + 1, %dx
	outb	%al, %dx
	movb	$0x0b, %al
	movw	$SERIAL + 4, %dx
	outb	%al, %dx
	inb	$0x21, %al
	andb	$~0x10, %al
	outb	%al, $0x21
	movw	$text_up, %si
	call	tell

# Each interrupt comes by here: ticks first, then the button, then a command.
wait:	hlt
	movw	TICKS, %ax
	cmpw	%ax, last_tick
	je	1f
	movw	%ax, last_tick
	incl	memory
	testb	$WRITING, switches
	jz	1f
	call	write_disks
1:	testb	$IGNORING, switches
	jnz	1f
	movw	$PM_STATUS, %dx
	inw	%dx, %ax
	testw	$BUTTON, %ax
	jnz	pressed
1:	movw	$SERIAL + 5, %dx
	inb	%dx, %al
	testb	$1, %al
	jz	wait
	movw	$SERIAL, %dx
	inb	%dx, %al
	pushw	$1b				# a command returns to ask for the next byte
	movw	$commands, %bx
2:	cmpb	(%bx), %al
	je	3f
	addw	$3, %bx
	cmpw	$commands_end, %bx
	jb	2b
	ret
3:	jmp	*1(%bx)

	.macro	command letter, label
	.byte	\letter
	.word	\label
	.endm
commands:
	command	'i', do_info
	command	'w', do_write
	command	't', do_ticking
	command	'n', do_ignore
	command	'f', do_fill
	command	'h', dead
	command	'p', power_off
	command	'r', do_reset
	command	'k', do_panic
	command	'o', do_open
	command	'v', do_virtio
commands_end:

on_serial:
	pushw	%ax
	movb	$0x20, %al
	outb	%al, $0x20
	popw	%ax
	iret

do_write:
	call	write_disks
	movw	$text_written, %si
	jmp	tell
tell:	call	say			# the text at si, then the state
do_info:
	movw	$text_mem, %si
	call	say
	movl	memory, %edi
	call	say_hex
	movb	$FIRST_DISK, %dl
1:	movw	$text_disk, %si
	call	say
	movb	$0x42, %ah
	call	disk_io
	movl	SECTOR + 4, %edi
	jnc	2f
	orl	$-1, %edi
2:	call	say_hex
	incb	%dl
	cmpb	$END_DISK, %dl
	jb	1b
	movw	$text_end, %si
	jmp	say

write_disks:
	movw	$SECTOR, %di
	movw	$128, %cx
	xorl	%eax, %eax
	rep stosl
	movl	$MAGIC, SECTOR
	movl	memory, %eax
	movl	%eax, SECTOR + 4
	movb	$FIRST_DISK, %dl
1:	movb	$0x43, %ah
	call	disk_io
	incb	%dl
	cmpb	$END_DISK, %dl
	jb	1b
	ret

do_ticking:
	xorb	$WRITING, switches
	movw	$text_ticking, %si
	jmp	say
do_ignore:
	xorb	$IGNORING, switches
	movw	$text_ignore, %si
	jmp	say

# The BIOS copies 64 KiB of itself to each 64 KiB from 1 MiB to 33 MiB.
do_fill:
	movw	$0x10, %bx			# bits 16 and up of the destination
1:	movb	%bl, target + 4
	movb	%bh, target + 7
	movw	$descriptors, %si
	movw	$0x8000, %cx			# words
	movb	$0x87, %ah
	pushw	%bx
	int	$0x15
	popw	%bx
	incw	%bx
	cmpw	$0x210, %bx
	jb	1b
	movw	$text_filled, %si
	jmp	say

pressed:
	movw	$BUTTON, %ax			# written back, a status bit is cleared
	outw	%ax, %dx
	movw	$text_button, %si
	call	say
power_off:
	movw	$PM_STATUS + 4, %dx
	movw	$0x2000, %ax			# SLP_EN, type 0: S5
	outw	%ax, %dx
	jmp	dead
do_reset:
	movw	$0xcf9, %dx
	movb	$2, %al
	outb	%al, %dx
	movb	$6, %al
	outb	%al, %dx
	jmp	dead
do_panic:
	movw	$0x505, %dx
	movb	$1, %al
	outb	%al, %dx
	ret

# find_virtio: the virtio-serial controller as a legacy device, reset: all ports are closed. Its
# registers are at bp. Carry: there is none.
find_virtio:
	movw	$0xb102, %ax			# 1af4:1003
	movw	$0x1003, %cx
	movw	$0x1af4, %dx
	xorw	%si, %si
	int	$0x1a
	jc	1f
	movw	$0x107, %cx			# answer to I/O ports, and use memory
	movw	$4, %di
	movw	$0xb10c, %ax
	int	$0x1a
	movw	$0x10, %di
	movw	$0xb10a, %ax
	int	$0x1a
	andw	$~3, %cx
	movw	%cx, %bp
	leaw	0x12(%bp), %dx			# status
	xorb	%al, %al
	outb	%al, %dx
	clc
1:	ret

# virtio_send: ecx bytes at edi through queue bx. A queue needs 4096 bytes for descriptors and the
# ring of what is sent, and as much for what has been.
virtio_send:
	pushl	%edi
	pushl	%ecx
	leaw	0x12(%bp), %dx
	movb	$3, %al				# a driver is there
	outb	%al, %dx
	leaw	4(%bp), %dx			# features: several ports
	movl	$2, %eax
	outl	%eax, %dx
	leaw	14(%bp), %dx			# the queue
	movw	%bx, %ax
	outw	%ax, %dx
	movw	$RING, %ax
	movw	%ax, %es
	xorw	%di, %di
	movw	$0x800, %cx
	xorl	%eax, %eax
	rep stosl
	leaw	12(%bp), %dx			# how many descriptors it has, of 16 bytes each
	inw	%dx, %ax
	movw	%ax, %di
	shlw	$4, %di
	movw	$1, %es:2(%di)			# behind them: one is ready, the first
	popl	%es:8
	popl	%es:0
	xorw	%ax, %ax
	movw	%ax, %es
	leaw	8(%bp), %dx			# its page
	movl	$RING >> 8, %eax
	outl	%eax, %dx
	leaw	0x12(%bp), %dx
	movb	$7, %al
	outb	%al, %dx
	leaw	16(%bp), %dx			# look at it
	movw	%bx, %ax
	outw	%ax, %dx
	ret

# A port is opened by a message to the controller itself, in queue 3.
do_open:
	call	find_virtio
	jc	no_virtio
	xorb	$OPENED, switches
	movw	$text_closed, %si
	testb	$OPENED, switches
	jz	say
	movw	$3, %bx
	movl	$message, %edi
	movl	$8, %ecx
	call	virtio_send
	movw	$text_opened, %si
	jmp	say
no_virtio:
	movw	$text_no_virtio, %si
	jmp	say

# What port 0 sends is in queue 1.
do_virtio:
	call	find_virtio
	jc	no_virtio
	movw	$1, %bx
	movl	$text_virtio, %edi
	movl	$text_virtio_end - text_virtio, %ecx
	call	virtio_send
	movw	$text_sent, %si
	jmp	say

text_up:	.asciz	"UP "
text_written:	.asciz	"W "
text_mem:	.asciz	"mem="
text_disk:	.asciz	" disk="
text_ticking:	.asciz	"T\r\n"
text_ignore:	.asciz	"N\r\n"
text_filled:	.asciz	"F\r\n"
text_button:	.asciz	"BUTTON\r\n"
text_opened:	.asciz	"O open\r\n"
text_closed:	.asciz	"O closed\r\n"
text_no_virtio:	.asciz	"no such device\r\n"
text_sent:	.asciz	"V\r\n"
text_virtio:	.ascii	"virtio speaks\r\n"
text_virtio_end:
text_end:	.asciz	"\r\n"

	.balign	8
message:					# port 1, PORT_OPEN, yes
	.long	1
	.word	6, 1
descriptors:
	.quad	0, 0
	.quad	0x0000930f0000ffff		# from 0xf0000
target:	.quad	0x000093000000ffff
	.quad	0, 0
memory:	.long	0
last_tick:
	.word	0
switches:
	.byte	0
	.org	1536
