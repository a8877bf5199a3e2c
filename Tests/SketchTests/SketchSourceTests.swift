import Testing

@testable import nina

/// What `nina sketch` makes of the files of a sketch.
@Suite(.timeLimit(.minutes(10)))
struct SketchSourceTests {
    private func source(_ text: String) -> SketchSource { SketchSource([("a.ino", Array(text.utf8))]) }

    private func text(_ source: SketchSource) -> String { String(decoding: source.text, as: UTF8.self) }

    /// The prototypes of a source, each on one line.
    private func prototypes(_ text: String) -> [String] {
        SketchScan(Array(text.utf8)).functions.map {
            String(decoding: $0.prototype, as: UTF8.self).split { $0.isWhitespace }.joined(separator: " ")
        }
    }

    @Test func aNameMayHaveALineEnd() {
        let source = SketchSource([("a\nb\"c\\d.ino", Array("int a;\n".utf8))])
        #expect(text(source).contains("\n#line 1 \"a\\012b\\\"c\\\\d.ino\"\nint a;\n"), "\(text(source))")
    }

    @Test func prototypesStandInFrontOfTheFirstFunction() {
        #expect(
            text(source("#include <A.h>\nint a;\nvoid setup() {\n}\nvoid loop()\n{\n}\n")) == """
                #include <Arduino.h>
                #line 1 "a.ino"
                #include <A.h>
                int a;

                #line 3 "a.ino"
                void setup() ;
                #line 5 "a.ino"
                void loop()
                ;
                #line 3 "a.ino"
                void setup() {
                }
                void loop()
                {
                }


                """)
    }

    @Test func everyTabHasItsLines() {
        let source = SketchSource([("a.ino", Array("int a;".utf8)), ("b \"2\".ino", Array("\nvoid loop() {}".utf8))])
        #expect(
            text(source) == """
                #include <Arduino.h>
                #line 1 "a.ino"
                int a;
                #line 1 "b \\"2\\".ino"


                #line 2 "b \\"2\\".ino"
                void loop() ;
                #line 2 "b \\"2\\".ino"
                void loop() {}

                """)
        #expect(source.functions == ["loop"])
    }

    @Test func aSketchWithoutFunctionsStaysAsItIs() {
        #expect(text(source("int a;")) == "#include <Arduino.h>\n#line 1 \"a.ino\"\nint a;\n")
        #expect(text(source("")) == "#include <Arduino.h>\n#line 1 \"a.ino\"\n\n")
    }

    @Test(arguments: [
        ("void f() {}", "void f()"),
        ("unsigned long *f ( int a , char b[2] )\n{ if (a) { } }", "unsigned long *f ( int a , char b[2] )"),
        ("static inline std::string f(const A &a) {}", "static inline std::string f(const A &a)"),
        ("struct A f(struct B b) { }", "struct A f(struct B b)"),
        ("template <class T> T f(T a) { }", "template <class T> T f(T a)"),
        ("int f(int a = 5, int b = g(1, 2)) { }", "int f(int a , int b )"),
        ("void f(void (*g)(int)) { }", "void f(void (*g)(int))"),
        ("void f() noexcept { }", "void f() noexcept"),
        ("void f(/* a ) */ int a) // {\n{ }", "void f( int a)"),
        ("extern \"C\" void f() {}", "extern \"C\" void f()"),
        ("void f(char c = '{', const char *s = \"\\\"}{\") { }", "void f(char c , const char *s )"),
        ("int a = 1'000'000; void f() { }", "void f()"),
        ("const char *s = R\"x(\n void g() {} )\" )x\"; void f() { }", "void f()"),
        ("int a = 0xAB'CD'EF; void f() { }", "void f()"),
        ("wchar_t a = L'{'; int b = u8'{' + u'\\'' + U'{'; void f() { }", "void f()"),
        ("struct A { void g() { switch (1) { case'{': return; } } }; void f() { }", "void f()"),
        ("const char *s = u8R\"(\" void g() { )\"; void f() { }", "void f()"),
        ("const char *s = NR\"(\"; void f() { } //)\"", "void f()"),
        ("#if 0\nit isn't {\n;\n#endif\nvoid f() { }", "void f()"),
        ("#define A(x) \\\n void g() { \nvoid f() { }", "void f()"),
        ("struct A { void g() { } } a; void f() { }", "void f()"),
    ])
    func functionsAreFound(_ text: String, _ prototype: String) {
        #expect(prototypes(text) == [prototype])
    }

    @Test(arguments: [
        "", "void f();", "int a[] = { 1, 2 };", "struct A { int a; void f() { } };", "enum { A, B };",
        "class A : public B { };",
        "namespace n { void f() { } }", "extern \"C\" { void f() { } }", "void A::f() { }", "A::A() : a(1) { }",
        "A operator+(A a, A b) { }", "auto f = [](int a) { };", "ISR(TIMER1_vect) { }", "// void f() { }",
        "/* void f() { }",
        "\"void f() { }", "void f() ", "}", "{ void f() { } }", "(", ") {", "R\"", "#if", "'", "\\",
    ])
    func otherBlocksAreNoFunctions(_ text: String) {
        #expect(prototypes(text) == [])
    }

    @Test func aPrototypeHasTheConditionsOfItsFunction() {
        let text = text(
            source("#if A\nvoid f() {}\n# else\n#ifdef B\nvoid f(int) {}\n#endif\n#endif\nvoid g() {}\n"))
        let prototypes = text.split(separator: "#line 2 \"a.ino\"\nvoid f() {}")[0]
        #expect(
            prototypes.hasSuffix(
                """
                #if A
                #line 2 "a.ino"
                void f() ;
                #endif
                #if A
                #else
                #ifdef B
                #line 5 "a.ino"
                void f(int) ;
                #endif
                #endif
                #line 8 "a.ino"
                void g() ;

                """))
    }
}
