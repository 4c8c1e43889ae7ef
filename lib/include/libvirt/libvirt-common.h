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

/* ---- Named values ------------------------------------------------------------------------- */

#define VIR_TYPED_PARAM_FIELD_LENGTH 80

typedef enum {
	VIR_TYPED_PARAM_INT = 1,
	VIR_TYPED_PARAM_UINT = 2,
	VIR_TYPED_PARAM_LLONG = 3,
	VIR_TYPED_PARAM_ULLONG = 4,
	VIR_TYPED_PARAM_DOUBLE = 5,
	VIR_TYPED_PARAM_BOOLEAN = 6,
	VIR_TYPED_PARAM_STRING = 7,
#ifdef VIR_ENUM_SENTINELS
	VIR_TYPED_PARAM_LAST
#endif
} virTypedParameterType;

/* A name, and the member of `value` that `type` tells. */
typedef struct _virTypedParameter virTypedParameter;
typedef virTypedParameter *virTypedParameterPtr;
struct _virTypedParameter {
	char field[VIR_TYPED_PARAM_FIELD_LENGTH];
	int type; /* virTypedParameterType */
	union {
		int i;
		unsigned int ui;
		long long int l;
		unsigned long long int ul;
		double d;
		char b; /* 0 or 1 */
		char *s;
	} value;
};

/* The parameter of that name in an array of nparams, or NULL. */
virTypedParameterPtr virTypedParamsGet(virTypedParameterPtr params, int nparams,
				       const char *name);
/* Free an array that a call handed out, with its strings. NULL is fine. */
void virTypedParamsFree(virTypedParameterPtr params, int nparams);

#ifdef __cplusplus
}
#endif
