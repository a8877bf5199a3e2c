/// A small web site that lives in memory: one page, its style and script, an icon and fifteen pictures.
///
/// The pictures are computed when the site is made. They are not compressed, so the site is a little over a megabyte:
/// enough for a transfer to be worth watching.
public struct DemoSite: Sendable {
    /// What is served at one path.
    public struct Resource: Sendable {
        /// The value of the `Content-Type` header.
        public let contentType: String
        /// The bytes of the body.
        public let body: [UInt8]
    }

    /// Every path that has a resource, the page itself first.
    public let paths: [String]

    private let resources: [String: Resource]

    /// Computes the pictures and lays out the page.
    public init() {
        let page = Resource(contentType: "text/html; charset=utf-8", body: Array(Page.html(Pictures.all).utf8))
        var entries: [(path: String, resource: Resource)] = [
            ("/", page),
            ("/index.html", page),
            ("/style.css", Resource(contentType: "text/css; charset=utf-8", body: Array(Style.css.utf8))),
            ("/script.js", Resource(contentType: "text/javascript; charset=utf-8", body: Array(Script.js.utf8))),
            ("/favicon.ico", Resource(contentType: "image/vnd.microsoft.icon", body: Icon.file())),
        ]
        for picture in Pictures.all {
            entries.append((picture.path, Resource(contentType: "image/png", body: PNG.encode(picture.make()))))
        }
        paths = entries.map(\.path)
        resources = Dictionary(uniqueKeysWithValues: entries.map { ($0.path, $0.resource) })
    }

    /// The resource at the path of a request, if there is one; a query after the path is ignored.
    public func resource(at path: String) -> Resource? {
        resources[String(path.prefix { $0 != "?" && $0 != "#" })]
    }

    /// The resource at the path of a request as it came over the wire.
    public func resource(at path: some Collection<UInt8>) -> Resource? {
        resource(at: String(decoding: path, as: UTF8.self))
    }
}
