package shop;

import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class ShopApp {
    private ShopApp() {
    }

    public static void main(final String[] args) {
        App app = new App();
        new ShopStack(app, "Shop", StackProps.builder().description("A shop, and its keys").build());
        app.synth();
    }
}
