"""The community as an app on a phone: its manifest and icons, the offline page, what other apps share with it."""
