"""The plugins that come with Rongtong; each folder is one, complete in itself and removable as a whole."""
