/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What all of the libvirt headers share. Programs include <libvirt/libvirt.h>.
 *
 * With VIR_ENUM_SENTINELS defined before the first include, enumerations get a last constant
 * (…_LAST) that counts them; it differs between versions.
 */
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef VIR_DEPRECATED
#ifdef __GNUC__
#define VIR_DEPRECATED __attribute__((__deprecated__))
#else
#define VIR_DEPRECATED
#endif
#endif

/* The libvirt release whose API these headers describe: major * 1000000 + minor * 1000 + micro. */
#define LIBVIR_VERSION_NUMBER 9000000

/* True when the headers describe at least that release. */
#define LIBVIR_CHECK_VERSION(major, minor, micro) \
	((major)*1000000 + (minor)*1000 + (micro) <= LIBVIR_VERSION_NUMBER)

/* Frees what a caller handed over for a callback. */
typedef void (*virFreeCallback)(void *opaque);

#ifdef __cplusplus
}
#endif
