// Runs before the page is drawn: says that scripts work, so that what only they can do may show itself.
document.documentElement.classList.add("js");
