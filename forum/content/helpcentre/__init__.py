"""The brand's own help centre, which stands elsewhere: its articles are found here beside what the community knows.

They come by file, by the API, or from a feed that is read again and again; ``filling.py`` takes them in and puts their
words in the index in the same transaction, ``finding.py`` looks them up, ``fetching.py`` reads the feed.
"""
