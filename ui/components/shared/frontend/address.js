// Where something of the app's own is, given its path below the app's root, such as "/assets/x.js".
//
// The server does not know this: a proxy may put a path before the app's and take it away again. The
// browser does: every page lies directly below the root, so that the root is the page's own folder.

export const inApp = path => new URL(`.${path}`, document.baseURI)

export function socketAddress(path) {
  const url = inApp(path)
  url.protocol = url.protocol.replace("http", "ws")
  return url.href
}
